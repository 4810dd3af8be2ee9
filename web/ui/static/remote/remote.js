// @ts-check
// What is shown of login information goes again by itself; the limit of the session counts down; buttons copy.
import { message } from "../app.js";
import { text } from "../texts.js";
import { now } from "../clock.js";

/** @param {Element} shown */
function hide(shown) {
  const slot = shown.parentElement;
  shown.remove(); // the text nodes go with it
  if (slot?.matches("[data-slot]")) {
    const word = document.createElement("p");
    word.className = "hint";
    word.textContent = text("remote.js.hidden");
    slot.replaceChildren(word);
  }
}

/** @type {Map<Element, number>} when what is shown is hidden, by the page's own clock */
const until = new Map();

function tick() {
  for (const shown of document.querySelectorAll("[data-shown]")) {
    if (!(shown instanceof HTMLElement)) continue;
    const end = until.get(shown) ?? performance.now() + Number(shown.dataset.shown) * 1000;
    until.set(shown, end);
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      until.delete(shown);
      hide(shown);
      continue;
    }
    const seconds = shown.querySelector("[data-seconds]");
    if (seconds) seconds.textContent = String(left);
  }
  for (const limit of document.querySelectorAll("time[data-left]")) {
    if (!(limit instanceof HTMLElement)) continue;
    const left = Math.max(0, Math.floor((Date.parse(limit.dataset.left ?? "") - now()) / 60000));
    const clock = limit.dataset.clock ?? (limit.dataset.clock = limit.textContent ?? "");
    limit.textContent = `${clock} (${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})`;
  }
}

document.addEventListener("click", async (e) => {
  const button = e.target instanceof Element ? e.target.closest("[data-copy]") : null;
  const value = button?.parentElement?.querySelector("code")?.textContent;
  if (!button || value == null) return;
  try {
    await navigator.clipboard.writeText(value);
    const label = button.querySelector("span");
    if (label) label.textContent = text("remote.js.copied");
  } catch {
    message(text("remote.js.nocopy"));
  }
});

// A page that is left, also into the browser's back-and-forward cache, keeps nothing.
addEventListener("pagehide", () => document.querySelectorAll("[data-shown]").forEach(hide));

setInterval(tick, 500);
document.addEventListener("htmx:afterSwap", tick);
tick();
