// @ts-check
// The wallboard page: live model, board, thresholds, clock, keys.

import { now } from "../clock.js";
import { text } from "../texts.js";
import { Alarms } from "./alarms.js";
import { Board } from "./board.js";
import { Details } from "./details.js";
import { byId, dataOf, forPage, openDialog, say } from "./dom.js";
import { Feed } from "./feed.js";
import { fitThresholds } from "./thresholds.js";

/** @type {{queues: import("./board.js").QueueSetup[], zone: string, lang: string, check_ms?: number}} */
const setup = dataOf("floor-setup");
fitThresholds(setup.queues);

const format = (/** @type {Intl.DateTimeFormatOptions} */ o) => new Intl.DateTimeFormat(setup.lang, { timeZone: setup.zone, hour12: false, ...o });
const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = format({ hour: "2-digit", minute: "2-digit" });

const page = byId("wall");
const details = new Details(setup.queues);
const board = new Board(byId("board"), setup.queues, (queue) => { details.open(queue); soon(); });
const alarms = new Alarms(setup.queues, byId("alarms"));

let waiting = 0;
/** Paints within a frame after an event, and no more often than ten times a second. */
function soon() {
  if (waiting) return;
  const since = performance.now() - painted;
  waiting = window.setTimeout(() => requestAnimationFrame(paint), Math.max(0, 100 - since));
}

const feed = new Feed({ onChange: soon, checkEvery: setup.check_ms });
let painted = -Infinity;

function paint() {
  waiting = 0;
  painted = performance.now();
  const stale = feed.silentSince();
  page.dataset.live = !feed.model ? "loading" : stale ? "stale" : "live";
  const shown = byId("clock");
  if (stale) say(shown, text("floor.js.stale", clock.format(new Date(stale))));
  else say(shown, clock.format(new Date(now())));
  byId("stale").hidden = !stale;
  if (stale) say(byId("stale-words"), text("floor.js.stale.long", clock.format(new Date(stale))));
  if (!feed.model) return;
  // Numbers that are not fresh stand still at the instant until which they were: nothing counts on as if somebody knew.
  const at = { model: feed.model, names: feed.names, now: (stale || now()) * 1000, frozen: stale > 0 };
  byId("loading").hidden = true;
  board.paint(at);
  details.paint(at, minutes);
  if (!stale) alarms.paint(board, at);
  page.dataset.events = String(feed.events);
  page.dataset.drifts = String(feed.drifts);
}

const keys = {
  /** Full screen. */
  f: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined),
  /** Theme. */
  t: () => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
    localStorage.setItem("wall.theme", root.dataset.theme);
    soon();
  },
  /** Sound. */
  s: () => {
    const button = byId("sound");
    const on = button.getAttribute("aria-pressed") !== "true";
    void alarms.sound(on);
    button.setAttribute("aria-pressed", String(on));
    say(byId("sound-words"), text(on ? "floor.js.sound.on" : "floor.js.sound.off"));
  },
  /** Acknowledge. */
  a: () => { alarms.acknowledge(); soon(); },
  /** Thresholds. */
  g: () => void openDialog("thresholds"),
  "?": () => void openDialog("keys"),
};

document.addEventListener("keydown", (e) => {
  if (!forPage(e)) return;
  const act = keys[/** @type {keyof typeof keys} */ (e.key.toLowerCase())];
  if (!act) return;
  e.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => keys[/** @type {keyof typeof keys} */ (/** @type {HTMLElement} */ (button).dataset.key)]());
}
for (const button of document.querySelectorAll("dialog [data-shut]")) button.addEventListener("click", () => button.closest("dialog")?.close());

const theme = localStorage.getItem("wall.theme");
document.documentElement.dataset.theme = theme === "light" || theme === "dark" ? theme : "dark";
addEventListener("resize", soon);
setInterval(soon, 500);
// Full screen is told to whoever must know how to leave it.
document.addEventListener("fullscreenchange", () => { page.dataset.full = String(document.fullscreenElement !== null); soon(); });
void feed.start();
soon();

/** For tests: compares the model with the hotline now. */
Object.assign(window, { floorFeed: feed, floorAlarms: alarms });
