"use strict";
// What a page does by itself: dialogs, keys, the pause switch and the chart. It works without any of it.
(() => {
  const PAUSED = "lienthong-paused";
  const isPaused = () => sessionStorage.getItem(PAUSED) === "1";

  function showPause() {
    document.body.classList.toggle("paused", isPaused());
    for (const button of document.querySelectorAll("[data-pause]")) {
      button.setAttribute("aria-pressed", String(isPaused()));
      button.querySelector("[data-text]").textContent = isPaused() ? button.dataset.go : button.dataset.pause;
    }
  }

  // A live page keeps still while it is paused, a dialog is open, or something in it was chosen or is being written.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const live = event.target.id === "live";
    const busy = document.querySelector("dialog[open], #live input:checked, #live input:focus, #live select:focus");
    if (live && (isPaused() || busy)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", () => { showPause(); draw(); });

  document.addEventListener("click", (event) => {
    const pause = event.target.closest("[data-pause]");
    if (pause) {
      sessionStorage.setItem(PAUSED, isPaused() ? "0" : "1");
      showPause();
    }
    const opener = event.target.closest("[data-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.open);
      for (const [name, value] of Object.entries(JSON.parse(opener.dataset.fill || "{}"))) {
        const place = dialog.querySelector(`[data-for="${name}"]`);
        if (place) place.textContent = value;
        if (name === "action") dialog.querySelector("form").action = value;
      }
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    const all = event.target.closest("[data-all]");
    if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });

  // What is saved as a file leaves the page where it is: its dialog is closed and emptied once the form is on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("download" in form.dataset) setTimeout(() => { form.closest("dialog").close(); form.reset(); });
  });

  // A file that is chosen is read into the field that would else be pasted into; what is no text is written as PEM.
  document.addEventListener("change", async (event) => {
    const name = event.target.dataset?.read;
    if (!name || !event.target.files.length) return;
    const octets = new Uint8Array(await event.target.files[0].slice(0, 65536).arrayBuffer());
    const text = new TextDecoder().decode(octets);
    const lines = () => btoa(String.fromCharCode(...octets)).match(/.{1,64}/g).join("\n");
    event.target.form.elements[name].value = text.includes("-----BEGIN ") ? text : `-----BEGIN CERTIFICATE-----\n${lines()}\n-----END CERTIFICATE-----\n`;
  });

  let row = -1;
  function go(step) {
    const rows = [...document.querySelectorAll("tbody tr[data-row]")];
    if (!rows.length) return;
    row = Math.min(rows.length - 1, Math.max(0, row + step));
    rows.forEach((each, place) => each.classList.toggle("chosen", place === row));
    rows[row].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = document.querySelectorAll("tbody tr[data-row]");
    const keys = {
      "/": () => document.querySelector("[data-search]")?.focus() ?? location.assign("/console/documents#search"),
      j: () => go(1),
      k: () => go(-1),
      x: () => rows[row]?.querySelector("input[type=checkbox]")?.click(),
      Enter: () => rows[row]?.querySelector("a")?.click(),
      "?": () => document.getElementById("keys").showModal(),
    };
    if (event.key === "Enter" && (row < 0 || event.target.closest("a, button"))) return;
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  let plot = null;
  async function draw() {
    const place = document.getElementById("chart");
    if (!place) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const answer = await fetch("/console/traffic.json");
    if (!answer.ok || !place.isConnected) return;
    const [at, accepted, handed, failed] = await answer.json();
    const words = place.dataset;
    const line = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: colour("--quiet"), grid: line, ticks: line, font: "12px Inter" };
    plot?.destroy();
    const hour = (time) => new Date(time * 1000).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
    plot = new uPlot({
      width: place.clientWidth - 24, height: place.clientHeight - 50, scales: { x: { time: true } },
      axes: [{ ...axis, values: (_, ticks) => ticks.map(hour) }, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }],
      series: [
        { label: words.at, value: (_, time) => (time === null ? "–" : hour(time)) },
        { label: words.accepted, stroke: colour("--quiet"), width: 1.5, dash: [4, 3] },
        { label: words.handed, stroke: colour("--chart"), width: 2, fill: `color-mix(in srgb, ${colour("--chart")} 9%, transparent)` },
        { label: words.failed, stroke: colour("--chart-bad"), width: 2 },
      ],
    }, [at, accepted, handed, failed], place);
  }

  document.addEventListener("DOMContentLoaded", () => {
    showPause();
    draw();
    document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    if (location.hash === "#search") document.querySelector("[data-search]")?.focus();
  });
})();
