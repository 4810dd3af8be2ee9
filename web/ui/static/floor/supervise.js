// @ts-check
// The supervisors' page: agents, calls, and the selected one of either, live.

import { now } from "../clock.js";
import { text, word } from "../texts.js";
import { AgentPanel } from "./agentpanel.js";
import { groupOf, SHAPES } from "./agentdots.js";
import { CallPanel } from "./callpanel.js";
import { byId, dataOf, forPage, openDialog, say } from "./dom.js";
import { Feed } from "./feed.js";
import { fill, RowList } from "./list.js";
import { Notices } from "./noticelist.js";
import { span } from "./time.js";

/**
 * @typedef {import("./model.js").Agent} Agent
 * @typedef {import("./model.js").Call} Call
 * @typedef {{queues: {name: string, title: string}[], pauses?: {code: string, text: string}[], cannot_listen?: string, zone?: string, lang: string, login: string, check_ms?: number}} Setup
 */

/** @type {Setup} */
const setup = dataOf("floor-setup");
const clock = new Intl.DateTimeFormat(setup.lang, { timeZone: setup.zone, hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const titleOf = (/** @type {string} */ name) => setup.queues.find((q) => q.name === name)?.title ?? name;

/** Who needs a look comes first. */
const ORDER = ["unreachable", "wrapup", "paused", "talking", "ringing", "ready", "offline"];

/** @type {RowList<Agent>} */
const agents = new RowList(byId("agents"), {
  key: (a) => a.login,
  cells: ["agent-mark", "agent-name", "agent-since num", "agent-share quiet", "agent-lacks", "agent-call quiet"],
  empty: text("floor.js.noagents"),
  onSelect: (login) => { agentPanel.show(login); soon(); },
  paint: (a, row, cells) => {
    const state = groupOf(a.state);
    row.dataset.state = state;
    const t = feed.model?.agentToday(a, now() * 1000);
    const call = feed.model && [...feed.model.calls.values()].find((c) => c.agent === a.login || c.ringing.includes(a.login));
    const reason = state === "paused" && a.reason ? ` · ${setup.pauses?.find((p) => p.code === a.reason)?.text ?? a.reason}` : "";
    fill(cells, `${SHAPES[state] ?? "○"} ${word("floor.js.state.", state)}${reason}`, feed.names[a.login] ?? a.login, a.since ? span(now() * 1000 - a.since) : "",
      t ? text("floor.js.agent.today", t.answered, t.offered, t.missed) : "", a.lacks && state !== "offline" ? text("floor.js.lacks", a.lacks.split(" ").join(", ")) : "", call ? call.number || text("floor.js.anonymous") : "");
  },
});

/** @type {RowList<Call>} */
const calls = new RowList(byId("calls"), {
  key: (c) => c.id,
  cells: ["call-state", "call-number num", "call-queue quiet", "call-bar", "call-agent quiet"],
  empty: text("floor.js.nocalls"),
  onSelect: (id) => { callPanel.show(id); soon(); },
  paint: (c, row, cells) => {
    const state = c.agent ? (c.held ? "held" : "talking") : c.waiting ? "waiting" : "machine";
    row.dataset.state = state;
    const q = feed.model?.queues.get(c.queue);
    let bar = /** @type {HTMLElement | null} */ (cells[3].querySelector("ring-bar"));
    if (!bar) {
      bar = document.createElement("ring-bar");
      bar.dataset.ring1 = new Date(c.ring1 / 1000).toISOString();
      cells[3].append(bar);
    }
    const cycle = String((q?.cycle ?? 5e6) / 1000), rings = String(q?.rings ?? 3);
    if (bar.dataset.cycleMs !== cycle) bar.dataset.cycleMs = cycle;
    if (bar.dataset.rings !== rings) bar.dataset.rings = rings;
    const frozen = c.verdict ? String(Math.trunc(c.verdict.Waited / 1e6)) : undefined;
    if (frozen !== undefined && bar.dataset.frozenMs !== frozen) bar.dataset.frozenMs = frozen;
    const who = c.agent ? `${feed.names[c.agent] ?? c.agent} ${span(now() * 1000 - c.since)}` : c.ringing.map((l) => `☏ ${feed.names[l] ?? l}`).join(" ");
    fill([cells[0], cells[1], cells[2]], word("floor.js.call.", state), c.number || text("floor.js.anonymous"), titleOf(c.queue));
    say(cells[4], c.handTo ? `${who} → ${c.handTo}` : who);
  },
});

const feed = new Feed({
  checkEvery: setup.check_ms,
  onChange: soon,
  onEvent: (e) => { callPanel.event(e); },
  onOther: (kind) => { if (kind === "notice" || kind === "escalation") void notices.load(); },
});
const callPanel = new CallPanel(setup, feed);
const agentPanel = new AgentPanel(setup, feed);
const notices = new Notices(clock);

let waiting = 0;
let painted = -Infinity;
function soon() {
  if (waiting) return;
  waiting = window.setTimeout(() => requestAnimationFrame(paint), Math.max(0, 100 - (performance.now() - painted)));
}

function paint() {
  waiting = 0;
  painted = performance.now();
  const stale = feed.silentSince();
  const page = byId("supervise");
  page.dataset.live = !feed.model ? "loading" : stale ? "stale" : "live";
  byId("stale").hidden = !stale;
  if (stale) say(byId("stale-words"), text("floor.js.stale.long", clock.format(new Date(stale))));
  const m = feed.model;
  if (!m) return;
  byId("loading").hidden = true;
  const there = [...m.agents.values()].filter((a) => a.queues.length > 0);
  there.sort((a, b) => ORDER.indexOf(groupOf(a.state)) - ORDER.indexOf(groupOf(b.state)) || a.since - b.since || (a.login < b.login ? -1 : 1));
  agents.paint(there);
  const up = [...m.calls.values()].sort((a, b) => Number(b.waiting) - Number(a.waiting) || a.ring1 - b.ring1 || (a.id < b.id ? -1 : 1));
  calls.paint(up);
  const wait = up.filter((c) => c.waiting && !c.agent);
  say(byId("top-waiting"), text("floor.js.top.waiting", wait.length));
  say(byId("top-longest"), wait.length > 0 ? text("floor.js.longest", span(now() * 1000 - wait[0].ring1)) : "");
  say(byId("count-agents"), String(there.filter((a) => groupOf(a.state) !== "offline").length));
  say(byId("count-calls"), String(up.length));
  callPanel.paint();
  agentPanel.paint();
}

document.addEventListener("keydown", (e) => {
  if (!forPage(e) || document.querySelector("dialog[open]")) return;
  const list = agents.focused() ? agents : calls;
  switch (e.key) {
    case "j": case "ArrowDown": list.move(1); break;
    case "k": case "ArrowUp": list.move(-1); break;
    case "h": agents.move(0); break;
    case "l": calls.move(0); break;
    case "n": openDialog("notices"); break;
    case "?": openDialog("keys"); break;
    default: return;
  }
  e.preventDefault();
});
for (const button of document.querySelectorAll("dialog [data-shut]")) button.addEventListener("click", () => button.closest("dialog")?.close());
for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => openDialog(/** @type {HTMLElement} */ (button).dataset.open ?? ""));
}
setInterval(soon, 1000);
void feed.start();
void notices.load();
Object.assign(window, { floorFeed: feed });
