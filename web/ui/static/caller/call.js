// @ts-check
// The page of somebody who calls the hotline from a browser: one call at a time, and what becomes of it in plain words.

import { Caller } from "../desk/phone.js";
import { text, word } from "../texts.js";

/** @template {Element} T @param {string} id @param {new () => T} kind @returns {T} */
function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const page = /** @type {HTMLElement} */ (document.querySelector("[data-testid=caller]"));
const form = part("dial", HTMLFormElement);
const box = part("call", HTMLDivElement);
const state = part("state", HTMLParagraphElement);
const rings = part("rings", HTMLDivElement);
const time = part("time", HTMLParagraphElement);
const mute = part("mute", HTMLButtonElement);
const hangUp = part("hangup", HTMLButtonElement);
const again = part("again", HTMLButtonElement);
const line = part("line", HTMLSelectElement);

/** @type {Caller | null} */
let caller = null;
let rang = 0; // ms, when ring 1 began here
let talked = 0; // ms, when the talk began
let clock = 0;

const clockTime = (/** @type {number} */ ms) => {
  const s = Math.floor(ms / 1000);
  return `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
};

form.addEventListener("submit", async (e) => {
  e.preventDefault();
  const fields = new FormData(form);
  form.hidden = true;
  box.hidden = false;
  page.dataset.state = "connecting";
  state.textContent = text("caller.js.connecting");
  rings.replaceChildren();
  time.textContent = "";
  const gear = await signIn();
  if (typeof gear === "string") {
    page.dataset.state = "ended";
    state.textContent = gear;
    hangUp.hidden = true;
    again.hidden = false;
    again.focus();
    return;
  }
  const c = new Caller({
    audio: part("agent", HTMLAudioElement),
    number: String(fields.get("number") ?? ""),
    name: String(fields.get("name") ?? "").trim(),
    ice: gear.ice,
    account: gear.account,
  });
  caller = c;
  rang = talked = 0;
  c.addEventListener("change", () => caller === c && show(c));
  void c.call(line.value);
  hangUp.focus();
});

/** @typedef {{account?: import("../desk/caller.js").CallerAccount, ice: RTCIceServer[]}} Gear */

/**
 * The account of this call, where the hotline asks for one, and its way through a relay: fetched for each, because they are good for a
 * moment only.
 * @returns {Promise<Gear | string>} a string says why there is none
 */
async function signIn() {
  const path = page.dataset.account;
  if (!path) return { ice: JSON.parse(document.getElementById("ice")?.textContent || "[]") };
  try {
    const answer = await fetch(path, { method: "POST" });
    if (answer.ok) return await answer.json();
    if (answer.status === 429) return text("caller.js.busy", answer.headers.get("Retry-After") ?? "60");
  } catch {
    // told below
  }
  return word("caller.js.why.", "unreached");
}

/** @param {Caller} c */
function show(c) {
  page.dataset.state = c.state;
  hangUp.hidden = c.state === "ended";
  mute.hidden = c.state !== "talking";
  mute.setAttribute("aria-pressed", String(c.muted));
  again.hidden = c.state !== "ended";
  switch (c.state) {
    case "connecting":
    case "calling":
      state.textContent = text("caller.js.connecting");
      break;
    case "ringing":
      if (!rang) begin();
      state.textContent = text("caller.js.ringing");
      break;
    case "talking":
      if (!talked) answered();
      state.textContent = text("caller.js.talking");
      break;
    case "ended":
      clearInterval(clock);
      freeze(Date.now());
      state.textContent = outcome(c);
      again.focus();
      break;
  }
}

/** @param {Caller} c @returns {string} how it ended, and what to do about it */
function outcome(c) {
  if (c.reason === "hung-up" || c.reason === "") return text("caller.js.ended");
  if (c.reason === "refused") return text("caller.js.refused", c.status);
  return word("caller.js.why.", c.reason);
}

/** Ring 1 begins when the hotline says that it rings. The caller's own bar runs by the caller's own clock. */
function begin() {
  rang = Date.now();
  const chosen = line.selectedOptions[0];
  const bar = document.createElement("ring-bar");
  bar.className = "ring-large";
  bar.dataset.ring1 = new Date(rang).toISOString();
  bar.dataset.cycleMs = chosen?.dataset.cycleMs ?? "5000";
  bar.dataset.rings = chosen?.dataset.rings ?? "3";
  bar.dataset.plain = "";
  rings.replaceChildren(bar);
}

function answered() {
  talked = Date.now();
  freeze(talked);
  clock = window.setInterval(() => (time.textContent = clockTime(Date.now() - talked)), 500);
}

/** @param {number} at ms */
function freeze(at) {
  const bar = /** @type {HTMLElement | null} */ (rings.firstElementChild);
  if (bar && rang && bar.dataset.frozenMs === undefined) bar.dataset.frozenMs = String(at - rang);
}

mute.addEventListener("click", () => caller?.mute(!caller.muted));
hangUp.addEventListener("click", () => void caller?.hangUp());
again.addEventListener("click", () => {
  box.hidden = true;
  form.hidden = false;
  page.dataset.state = "idle";
  line.focus();
});
window.addEventListener("beforeunload", (e) => {
  if (caller && caller.state !== "ended") e.preventDefault();
});
window.addEventListener("pagehide", () => void caller?.hangUp());
