// @ts-check
// A recorded day, played again: the wallboard's own model and board, fed by the journal with a clock that people turn.

import { text } from "../texts.js";
import { Board } from "./board.js";
import { Details } from "./details.js";
import { byId, dataOf, el, forPage, openDialog, say } from "./dom.js";
import { Player } from "./player.js";
import { loadDay } from "./recording.js";

/** @type {{queues: import("./board.js").QueueSetup[], days: {day: string, from: string, to: string}[], zone?: string, lang: string}} */
const setup = dataOf("floor-setup");
const clock = new Intl.DateTimeFormat(setup.lang, { timeZone: setup.zone, hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = new Intl.DateTimeFormat(setup.lang, { timeZone: setup.zone, hour12: false, hour: "2-digit", minute: "2-digit" });
const SPEEDS = [1, 2, 5, 10, 30, 60, 300];

const details = new Details(setup.queues);
const board = new Board(byId("board"), setup.queues, (queue) => { details.open(queue); paint(); });
const scrub = /** @type {HTMLInputElement} */ (byId("scrub"));
const speed = /** @type {HTMLSelectElement} */ (byId("speed"));
const daySelect = /** @type {HTMLSelectElement} */ (byId("day"));
/** @type {Player | undefined} */
let player;
let stopLoading = new AbortController();
let last = 0;

async function open() {
  stopLoading.abort();
  const mine = stopLoading = new AbortController();
  player = undefined;
  const day = setup.days.find((d) => d.day === daySelect.value);
  if (!day) return;
  history.replaceState(null, "", `/replay?day=${encodeURIComponent(day.day)}`);
  state("loading");
  byId("board").replaceChildren();
  board.rows.clear();
  const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
  progress.value = 0;
  try {
    const recording = await loadDay(day, mine.signal, (have, all) => {
      progress.max = Math.max(all, 1);
      progress.value = have;
      say(byId("progress-words"), text("floor.js.replay.loading", have, all));
    });
    if (mine.signal.aborted) return;
    say(byId("cut"), recording.cut ? text("floor.js.replay.cut", recording.events.length) : "");
    if (recording.events.length === 0) { state("empty"); return; }
    player = new Player(recording, setup.queues.map((q) => q.name));
    state("paused");
    scrub.min = String(player.from / 1e6);
    scrub.max = String(player.to / 1e6);
    player.seek(player.first);
    misses();
    paint();
  } catch (err) {
    if (mine.signal.aborted) return;
    console.warn("the day cannot be loaded:", err);
    state("failed");
  }
}

/** @param {"loading" | "empty" | "failed" | "paused" | "playing"} now */
function state(now) {
  const page = byId("replay");
  page.dataset.state = now;
  byId("loading").hidden = now !== "loading";
  byId("empty").hidden = now !== "empty";
  byId("failed").hidden = now !== "failed";
  for (const e of document.querySelectorAll("[data-playing]")) /** @type {HTMLButtonElement} */ (e).disabled = now !== "paused" && now !== "playing";
  byId("play").setAttribute("aria-pressed", String(now === "playing"));
  say(byId("play-words"), text(now === "playing" ? "floor.js.replay.pause" : "floor.js.replay.play"));
}

function playing() {
  return byId("replay").dataset.state === "playing";
}

/** The verdicts that broke the promise, on the line of the day and as a list to jump by. */
function misses() {
  if (!player) return;
  const { from, to } = player;
  const marks = byId("marks");
  const most = 2000; // more do not fit into the pixels of a line
  const every = Math.ceil(player.missed.length / most);
  marks.replaceChildren(...player.missed.filter((_, i) => i % every === 0).map((m) => {
    const e = el("i", `mark mark-${m.kind}`);
    e.style.setProperty("--at", String((m.at - from) / (to - from)));
    return e;
  }));
  say(byId("missed"), text("floor.js.replay.missed", player.missed.length));
}

function paint() {
  if (!player) return;
  const at = { model: player.model, names: player.names, now: player.now, frozen: true };
  board.paint(at);
  details.paint(at, minutes);
  const shown = clock.format(new Date(player.now / 1000));
  say(byId("clock"), shown);
  const second = String(Math.round(player.now / 1e6));
  if (scrub.value !== second) scrub.value = second;
  scrub.setAttribute("aria-valuetext", shown);
  byId("replay").dataset.now = String(player.now);
}

/** @param {number} t */
function frame(t) {
  const passed = Math.min(t - last, 250);
  last = t;
  if (player && playing()) {
    player.seek(player.now + passed * 1000 * SPEEDS[speed.selectedIndex]);
    if (player.now >= player.to) state("paused");
    if (t - painted > 90) { painted = t; paint(); }
  }
  requestAnimationFrame(frame);
}
let painted = 0;

/** @param {number} us */
function jump(us) {
  if (!player) return;
  player.seek(us);
  paint();
}

/** @param {number} way */
function nextMissed(way) {
  if (!player) return;
  const p = player;
  const m = way > 0 ? p.missed.find((x) => x.at > p.now + 1e6) : p.missed.filter((x) => x.at < p.now - 1e6).at(-1);
  if (m) jump(m.at - 1e6);
}

const acts = {
  play: () => { if (player) state(playing() ? "paused" : "playing"); },
  back: () => jump((player?.now ?? 0) - 10e6),
  on: () => jump((player?.now ?? 0) + 10e6),
  previous: () => nextMissed(-1),
  next: () => nextMissed(1),
  faster: () => { speed.selectedIndex = Math.min(speed.selectedIndex + 1, SPEEDS.length - 1); },
  slower: () => { speed.selectedIndex = Math.max(speed.selectedIndex - 1, 0); },
  keys: () => void openDialog("keys"),
};
/** @type {Record<string, keyof typeof acts>} */
const keys = { " ": "play", ArrowLeft: "back", ArrowRight: "on", p: "previous", n: "next", "+": "faster", "=": "faster", "-": "slower", "?": "keys" };
document.addEventListener("keydown", (e) => {
  if (!forPage(e) || (e.key === " " && e.target instanceof HTMLButtonElement)) return;
  const act = keys[e.key];
  if (!act) return;
  e.preventDefault();
  acts[act]();
});
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => acts[/** @type {keyof typeof acts} */ (/** @type {HTMLElement} */ (button).dataset.act)]());
}
scrub.addEventListener("input", () => jump(Number(scrub.value) * 1e6));
daySelect.addEventListener("change", () => void open());
speed.append(...SPEEDS.map((s) => el("option", "", `${s}×`)));
speed.selectedIndex = SPEEDS.indexOf(10);
addEventListener("resize", paint);
requestAnimationFrame(frame);
void open();
Object.assign(window, { floorReplay: () => player });
