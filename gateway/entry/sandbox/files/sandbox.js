"use strict";

// Sections are drawn anew only where what the server says of them has changed, so that nothing moves under the reader's hand.
const drawn = new Map();
const EVERY = 1000;

function say(words) {
  const place = document.getElementById("said");
  place.textContent = words;
  place.hidden = words === "";
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Accept-Language": "vi", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return say("");
  const problem = await answer.json().catch(() => ({}));
  say((problem.errors || []).map((each) => each.message).join(" ") || problem.detail || String(answer.status));
}

function steady(section) {
  const copy = section.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.remove();
  return copy.outerHTML;
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  if (old === null) return;
  const time = fresh.querySelector("time");
  if (time !== null) old.querySelector("time").textContent = time.textContent;
  if (drawn.get(fresh.id) === steady(fresh)) return;
  if (old.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
  drawn.set(fresh.id, steady(fresh));
  for (const each of fresh.querySelectorAll("details[id]")) {
    const before = document.getElementById(each.id);
    const same = before !== null && before.firstElementChild.textContent === each.firstElementChild.textContent;
    if (same) each.open = before.open;
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
for (const each of document.querySelectorAll("section[id]")) drawn.set(each.id, steady(each));
setInterval(refresh, EVERY);
