"use strict";

// Sections are drawn anew only where what the server says of them has changed, so that nothing moves under the reader's hand.
const drawn = new Map();
const EVERY = 2000;

function say(words) {
  const place = document.getElementById("said");
  place.textContent = words;
  place.hidden = words === "";
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return say("");
  const problem = await answer.json().catch(() => ({}));
  say((problem.errors || []).map((each) => each.message).join(" ") || problem.detail || String(answer.status));
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (old === null || drawn.get(fresh.id) === fresh.outerHTML) return;
  const first = !drawn.has(fresh.id);
  drawn.set(fresh.id, fresh.outerHTML);
  if (first || old.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
  for (const each of fresh.querySelectorAll("details[id]")) {
    const before = document.getElementById(each.id);
    if (before !== null) each.open = before.open;
  }
  old.replaceWith(fresh);
}

async function refresh() {
  const answer = await fetch("/sandbox/parts").catch(() => null);
  if (answer === null || !answer.ok) return say("Hộp cát không trả lời · the sandbox does not answer");
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const each of [...parts.querySelectorAll("section[id]")]) replace(document.importNode(each, true));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-post], button[data-delete]");
  if (button === null) return;
  button.disabled = true;
  const { post, said, delete: gone } = button.dataset;
  await (gone ? call("DELETE", gone) : call("POST", post, JSON.parse(said)));
  await refresh();
  button.disabled = false;
});

document.addEventListener("change", async (event) => {
  const key = event.target.dataset.key;
  if (key === undefined) return;
  await call("POST", "/sandbox/switches", { [key]: Number(event.target.value) });
  event.target.blur();
  await refresh();
});

say("");
setInterval(refresh, EVERY);
