// @ts-check
// The dispatchers' board: it is fetched anew when something happens, counts down, and is driven by the keyboard.
import { now } from "../clock.js";
import { openStream } from "../stream.js";
import { text } from "../texts.js";

const board = /** @type {HTMLElement} */ (document.querySelector("#board"));
const stale = /** @type {HTMLElement} */ (document.querySelector("#stale"));
const said = /** @type {HTMLElement} */ (document.querySelector("#said"));
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("#decline"));

let due = 0;
/** Asks for the board once for all that happens in a moment. */
function refresh() {
  clearTimeout(due);
  due = setTimeout(() => {
    behind = board.querySelector("details[open]") !== null; // somebody is at work in it
    if (!behind) board.dispatchEvent(new CustomEvent("refresh"));
  }, 120);
}
let behind = false;
board.addEventListener("toggle", () => { if (behind) refresh(); }, true);

openStream({
  onEvent(kind, data) {
    if (kind === "hello" || kind === "reset" || kind === "escalation" || kind === "order") refresh();
    if (kind === "escalation" && data?.change === "opened") said.textContent = text("dispatch.js.arrived", data.escalation?.case ?? "");
  },
  onStale: () => { stale.hidden = false; },
  onLive: () => { stale.hidden = true; },
});

/** Keeps the place of the keyboard over a refresh. */
let focused = "";
board.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  focused = at instanceof HTMLElement && board.contains(at) ? at.id : "";
});
board.addEventListener("htmx:afterSwap", () => {
  if (focused) document.getElementById(focused)?.focus();
  tick();
});

/** @param {number} ms */
function words(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const h = Math.floor(minutes / 60);
  if (h >= 48) return text("dispatch.js.days", Math.floor(h / 24));
  return h > 0 ? text("dispatch.js.hours", h, minutes % 60) : text("dispatch.js.minutes", minutes);
}

function tick() {
  for (const el of board.querySelectorAll(".due")) {
    const p = /** @type {HTMLElement} */ (el);
    const until = Date.parse(p.dataset.due ?? "");
    const since = Date.parse(p.dataset.raised ?? "");
    const left = until - now();
    const share = Math.max(0, Math.min(1, left / Math.max(until - since, 1)));
    p.style.setProperty("--left", String(share));
    p.dataset.state = left < 0 ? "over" : share < 0.25 ? "soon" : "calm";
    const shown = /** @type {HTMLElement} */ (p.querySelector(".due-words"));
    shown.textContent = left < 0 ? text("dispatch.js.over", words(left)) : text("dispatch.js.left", words(left));
    p.closest(".ticket")?.classList.toggle("overdue", left < 0);
  }
}
setInterval(tick, 1000);
tick();

/** @param {HTMLElement} card */
function decline(card) {
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  form.action = `/dispatch/escalations/${card.dataset.id}/decline`;
  /** @type {HTMLElement} */ (dialog.querySelector("#decline-what")).textContent = card.dataset.number ?? "";
  dialog.showModal();
}
board.addEventListener("click", (e) => {
  const button = /** @type {HTMLElement} */ (e.target).closest("[data-decline]");
  if (button) decline(/** @type {HTMLElement} */ (button.closest(".ticket")));
});
dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());

document.addEventListener("keydown", (e) => {
  const target = /** @type {HTMLElement} */ (e.target);
  if (e.ctrlKey || e.metaKey || e.altKey || dialog.open || target.matches("input, textarea, select")) return;
  const cards = /** @type {HTMLElement[]} */ ([...board.querySelectorAll(".ticket")]);
  const card = /** @type {HTMLElement | null} */ (target.closest(".ticket"));
  const key = e.key.toLowerCase();
  if (key === "j" || key === "k") {
    const at = card ? cards.indexOf(card) + (key === "j" ? 1 : -1) : 0;
    cards[Math.max(0, Math.min(cards.length - 1, at))]?.focus();
  } else if (key === "a" && card) {
    /** @type {HTMLElement | null} */ (card.querySelector("[data-testid=accept], [data-testid=arrange]"))?.click();
  } else if (key === "d" && card?.querySelector("[data-decline]")) {
    decline(card);
  } else if (key === "enter" && target === card) {
    /** @type {HTMLElement | null} */ (card.querySelector("[data-testid=accept], [data-testid=arrange], .ticket-number"))?.click();
  } else {
    return;
  }
  e.preventDefault();
});
