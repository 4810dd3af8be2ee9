// Rules of the desk that need no page. Run by TestRules with `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "../../static/desk/backoff.js";
import { fresh, missing, seal } from "../../static/desk/checks.js";
import { reasonOf } from "../../static/desk/decline.js";
import { abilities } from "../../static/desk/enabled.js";
import { listed } from "../../static/desk/house.js";
import { actionOf, bindings } from "../../static/desk/keymap.js";
import { together } from "../../static/desk/lines.js";
import { markCall, markedCall, unmarkCall } from "../../static/desk/marker.js";
import { phoneWord } from "../../static/desk/phoneword.js";
import { readPrefs, writePrefs } from "../../static/desk/prefs.js";
import { Meter, grade } from "../../static/desk/quality.js";
import { matching } from "../../static/desk/search.js";
import { sampleOf } from "../../static/desk/stats.js";
import { counted, follow, summary } from "../../static/desk/waiting.js";
import { barOf, clockOf, outcomeOf, ringOf, targetName, whyOf } from "../../static/desk/words.js";
import { empty, reduce } from "../../static/desk/model.js";

const idle = { line: "registered", retryAt: 0, others: 0, at: 1, of: 1, away: [], cut: false, session: "none", muted: false, trouble: "", devices: [] };
const view = (state, more = {}) => ({ login: "li", name: "李明", state, since: "2026-11-22T08:00:00Z", phone_up: true, missed: 0, answered: 1, version: 1, queues: [], ...more });

test("back-off doubles to 30 s and is spread by chance", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 40].map((n) => waitFor(n, () => 0)), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(waitFor(1, () => 1), 750);
});

/** samples over five seconds with these shares lost and this round trip */
function line({ ours = 0, theirs = 0, rtt = 0.04, jitter = 0.005 }) {
  return [0, 1, 2, 3, 4, 5].map((i) => ({
    at: i * 1000, received: Math.round(i * 50 * (1 - ours)), lost: Math.round(i * 50 * ours), jitter, sent: i * 50, theirLoss: theirs, rtt, level: 0.2,
  }));
}

test("quality is graded by the worse direction and says for whom and why", () => {
  const cases = [
    [line({}), 4, "good", ""],
    [line({ ours: 0.02 }), 4, "good", ""],
    [line({ theirs: 0.05 }), 3, "fair", ""],
    [line({ theirs: 0.08 }), 2, "poor", "they-hear-badly"],
    [line({ ours: 0.2 }), 1, "bad", "you-hear-badly"],
    [line({ rtt: 1.2 }), 1, "bad", "late"],
  ];
  for (const [samples, bars, word, trouble] of cases) {
    const g = grade(samples);
    assert.deepEqual([g.bars, g.word, g.trouble], [bars, word, trouble]);
  }
  assert.equal(grade(line({ theirs: 0.08 })).value, 8);
  assert.equal(grade([]).word, "none");
});

test("silence is a trouble only when nobody is muted or on hold", () => {
  const silent = (muted, held) => {
    const m = new Meter();
    let g;
    for (let i = 0; i <= 9; i++) g = m.add({ at: i * 1000, received: 50, lost: 0, jitter: 0, sent: i * 50, theirLoss: null, rtt: null, level: 0.1 }, { muted, held });
    return g;
  };
  assert.deepEqual([silent(false, false).trouble, silent(false, false).value], ["silent-line", 9]);
  assert.equal(silent(false, true).trouble, "");
  const m = new Meter();
  let g;
  for (let i = 0; i <= 9; i++) g = m.add({ at: i * 1000, received: i * 50, lost: 0, jitter: 0, sent: i * 50, theirLoss: 0, rtt: 0.02, level: i === 0 ? 0.1 : 0 }, { muted: false, held: false });
  assert.equal(g.trouble, "silent-microphone");
});

test("a report of getStats becomes one sample", () => {
  const s = sampleOf([
    ["a", { type: "inbound-rtp", kind: "audio", packetsReceived: 90, packetsLost: 10, jitter: 0.01 }],
    ["b", { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.25, roundTripTime: 0.1 }],
    ["c", { type: "media-source", kind: "audio", audioLevel: 0.5 }],
    ["d", { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.3 }],
    ["e", { type: "inbound-rtp", kind: "video", packetsReceived: 7 }],
    ["f", { type: "outbound-rtp", kind: "audio", packetsSent: 100 }],
  ], 5);
  assert.deepEqual(s, { at: 5, received: 90, lost: 10, jitter: 0.01, sent: 100, theirLoss: 0.25, rtt: 0.1, level: 0.5 });
});

test("keys act by what is there, and not while somebody types, except with Alt", () => {
  const none = { typing: false, control: false, dialog: false, pop: false, talking: false, wrapup: false, keypad: false, letters: true };
  const press = (key, at = {}, p = {}) => actionOf({ key, code: `Key${key.toUpperCase()}`, ...p }, { ...none, ...at })?.action ?? null;
  assert.equal(press(" ", { pop: true }), "answer");
  assert.equal(press(" ", { pop: true, typing: true }), null);
  assert.equal(press(" ", { pop: true, control: true }), null);
  assert.equal(press(" ", { pop: true, dialog: true }), null);
  assert.equal(press(" "), null);
  assert.equal(press("a", { pop: true, typing: true }, { alt: true }), "answer");
  assert.equal(press("m"), null);
  assert.equal(press("m", { talking: true }), "mute");
  assert.equal(press("M", { talking: true }), "mute");
  assert.equal(press("m", { talking: true, letters: false }), null);
  assert.equal(press("m", { talking: true, letters: false }, { alt: true }), "mute");
  assert.equal(press("µ", { talking: true, typing: true }, { alt: true, code: "KeyM" }), "mute");
  assert.equal(press("m", { talking: true }, { ctrl: true }), null);
  assert.equal(press("m", { talking: true }, { meta: true }), null);
  assert.equal(press("m", { talking: true }, { repeat: true }), null);
  assert.equal(press("m", { talking: true }, { composing: true }), null);
  assert.equal(press("w", { wrapup: true }), "extend");
  assert.equal(press("?"), "help");
  assert.deepEqual(actionOf({ key: "7", code: "Digit7" }, { ...none, talking: true, keypad: true }), { action: "digit", digit: "7" });
  assert.equal(press("7", { talking: true }), null);
  assert.equal(new Set(bindings.map((b) => b.letter)).size, bindings.length);
});

test("what cannot be done says why", () => {
  const base = { model: { ...empty(), stream: { state: "live", since: 0, why: "" }, view: view("paused") }, phone: idle, kind: "browser", media: true, check: "" };
  const can = (more, model = {}) => abilities({ ...base, ...more, model: { ...base.model, ...model } });
  assert.equal(can({}).ready.on, true);
  assert.equal(can({ check: "desk.js.why.check" }).ready.why, "desk.js.why.check");
  assert.equal(can({ kind: "sip", check: "desk.js.why.check" }).ready.on, true);
  assert.equal(can({ phone: { ...idle, line: "waiting" } }).ready.why, "desk.js.why.line");
  assert.equal(can({ phone: { ...idle, line: "othertab" } }).ready.why, "desk.js.why.othertab");
  assert.equal(can({}, { stream: { state: "stale", since: 0, why: "" } }).pause.why, "desk.js.why.stream");
  assert.equal(can({}, { view: view("ready") }).ready.why, "desk.js.why.already");
  const call = { call: "c", over: null, as: "", held: false };
  const talking = can({ phone: { ...idle, session: "talking" } }, { view: view("talking"), call });
  assert.ok(["mute", "hold", "keys", "handover", "conference", "end"].every((a) => talking[a].on));
  assert.equal(can({ media: false }, { view: view("talking"), call }).conference.why, "desk.js.why.nomedia");
  const guest = can({ phone: { ...idle, session: "talking" } }, { view: view("talking"), call: { ...call, as: "expert" } });
  assert.deepEqual([guest.hold.why, guest.handover.why, guest.mute.on, guest.end.on], ["desk.js.why.guest", "desk.js.why.guest", true, true]);
  const pop = { id: "p", call: "c" };
  assert.equal(can({}, { pop }).answer.on, true); // before the phone rings
  assert.equal(can({ kind: "sip" }, { pop }).answer.why, "desk.js.why.answerthere");
});

const push = (kind, call, data, at = "2026-11-22T08:00:00Z") => [kind, { id: `id-${kind}`, kind, at, call, data }];
const fold = (m, ...events) => events.reduce((x, [kind, data]) => reduce(x, kind, data, 1000), m);
const offered = () => fold(empty(), push("state", "", view("offered", { call: "c" })), push("pop", "c", { number: "138", name: "王", queue: "q", why: "owner" }));

test("a call goes from pop to talk to wrap-up, and its events belong to it alone", () => {
  let m = offered();
  assert.equal(m.pop?.number, "138");
  m = fold(m, push("card", "c", { card: { cases: [] } }), push("card", "other", { card: null }));
  assert.deepEqual(m.pop?.card, { cases: [] });
  m = fold(m, push("state", "", view("talking", { call: "c", version: 2 })), push("talk", "c", { at: "2026-11-22T08:00:02Z", queue: "q" }), push("owned", "c", { number: "C-1", owner: "li" }));
  assert.deepEqual([m.pop, m.call?.number, m.call?.caseNumber, m.call?.since], [null, "138", "C-1", "2026-11-22T08:00:02Z"]);
  m = fold(m, ["held", { call: "c" }], ["held", { call: "other" }], ["handover", { call: "c", data: { to: "zhang" } }], ["owned", { call: "c", data: {} }]);
  assert.deepEqual([m.call?.held, m.call?.hand, m.call?.caseNumber], [true, "zhang", "C-1"]);
  m = fold(m, ["handback", { call: "c", data: { to: "zhang", outcome: "declined" } }], push("over", "c", { talked_ms: 5, end: "caller" }));
  assert.deepEqual([m.call?.hand, m.notice?.outcome, m.call?.over?.talked_ms], ["", "handback-declined", 5]);
  m = fold(m, push("state", "", view("wrapup", { call: "c", version: 3 })), push("state", "", view("ready", { version: 4 })));
  assert.equal(m.call, null);
});

test("what is replayed after a cut leads to the same picture", () => {
  const live = fold(offered(), push("state", "", view("talking", { call: "c", version: 2 })), push("talk", "c", { at: "2026-11-22T08:00:02Z", queue: "q" }));
  const replay = fold(empty(), push("state", "", view("talking", { call: "c", version: 2 })), push("pop", "c", { number: "138", name: "王", queue: "q", why: "owner" }), push("talk", "c", { at: "2026-11-22T08:00:02Z", queue: "q" }));
  assert.equal(replay.pop, null);
  assert.deepEqual([replay.call?.number, replay.call?.since], [live.call?.number, live.call?.since]);
});

test("an older word that comes late changes nothing", () => {
  const m = fold(empty(), push("state", "", view("ready", { version: 5 })), push("state", "", view("paused", { version: 4 })));
  assert.equal(m.view?.state, "ready");
});

test("a lost offer is told once; that of another call is not", () => {
  assert.equal(fold(offered(), push("withdrawn", "other", { outcome: "lost" })).notice, null);
  const m = fold(offered(), push("withdrawn", "c", { outcome: "lost", winner: "liqiang", ring: 1 }));
  assert.equal(m.pop, null);
  assert.deepEqual(outcomeOf(m.notice, (l) => ({ liqiang: "李强" })[l] ?? l, String), { key: "desk.js.lost.by", args: ["李强", 1] });
});

test("an expert is asked, comes, and goes", () => {
  let m = fold(offered(), push("state", "", view("talking", { call: "c", version: 2 })), ["expert", { call: "c", agent: "zhang", data: { state: "asked" } }]);
  assert.deepEqual([m.call?.expert, m.call?.expertIn], ["zhang", false]);
  m = fold(m, push("expert", "c", { agent: "zhang", state: "in" }));
  assert.equal(m.call?.expertIn, true);
  m = fold(m, push("expert", "c", { agent: "zhang", state: "left" }));
  assert.deepEqual([m.call?.expert, m.notice?.outcome], ["", "expert-left"]);
});

test("the reason of a pop is said in words", () => {
  const name = (l) => `n:${l}`, title = (q) => `t:${q}`;
  const why = (p) => whyOf({ queue: "erp", why: "", ...p }, "li", name, title);
  assert.deepEqual(why({ why: "owner", card: { cases: [{ number: "C-1", owner: "wang" }, { number: "C-2", owner: "li" }] } }), { key: "desk.js.why.owner", args: ["C-2"] });
  assert.deepEqual(why({ why: "owner" }), { key: "desk.js.why.owneronly", args: [] });
  assert.deepEqual(why({ why: "skill 3" }), { key: "desk.js.why.skill", args: ["t:erp", "3"] });
  assert.deepEqual(why({ why: "skill 1", hand_by: "zhang" }), { key: "desk.js.why.handover", args: ["n:zhang"] });
  assert.deepEqual(why({ why: "something new" }), { key: "desk.js.why.queue", args: ["t:erp"] });
  assert.equal(targetName("queue:erp", name, title, "boss"), "t:erp");
  assert.equal(targetName("manager", name, title, "boss"), "boss");
});

test("the ring bar counts the caller's rings, or how long the own phone will ring", () => {
  const p = { ring1: "2026-11-22T08:00:00Z", at: "2026-11-22T08:05:00Z", cycle_ms: 5000, deadline: "2026-11-22T08:00:15Z", why: "skill 1" };
  assert.deepEqual(barOf(p), { from: p.ring1, rings: 3 });
  assert.deepEqual(barOf({ ...p, why: "handover", hand_by: "zhang", deadline: "2026-11-22T08:05:30Z" }), { from: p.at, rings: 6 });
  assert.equal(barOf({ ...p, why: "return" }), null);
  assert.equal(barOf({ ...p, ring1: "" }), null);
  assert.deepEqual(ringOf("2026-11-22T08:00:00Z", 5000, Date.parse("2026-11-22T08:00:06.4Z")), { ring: 2, seconds: 6.4 });
  assert.deepEqual([clockOf(134_000), clockOf(3_723_000), clockOf(-5)], ["2:14", "1:02:03", "0:00"]);
});

test("who waits is kept from the stream", () => {
  let w = counted([{ live: { id: "a", queue: "q", state: "waiting", ring1: "2026-11-22T08:00:00Z", cycle_ms: 5000 } }, { live: { id: "t", queue: "q", state: "talking", ring1: "2026-11-22T07:00:00Z", cycle_ms: 5000 } }, {}]);
  w = follow(w, "queued", { call: "b", queue: "q", at: "2026-11-22T08:00:04Z" }, 6000);
  assert.deepEqual([summary(w, ["q"]).count, summary(w, ["q"]).longest?.call, summary(w, ["x"]).count], [2, "a", 0]);
  w = follow(w, "answered", { call: "a" }, 6000);
  assert.deepEqual([summary(w, ["q"]).count, summary(w, ["q"]).longest?.call, summary(w, ["q"]).longest?.cycle_ms], [1, "b", 6000]);
  assert.equal(follow(w, "offered", { call: "b" }, 6000), w);
});

test("colleagues are found by any word, the ready ones first", () => {
  const all = [{ login: "wang", name: "王强", team: "north", state: "talking" }, { login: "zhang", name: "张敏", team: "north", state: "ready" }, { login: "li", name: "李静", team: "south", state: "ready" }];
  assert.deepEqual(matching(all, "north").map((a) => a.login), ["zhang", "wang"]);
  assert.deepEqual(matching(all, "北").map((a) => a.login), []);
  assert.deepEqual(matching(all, "NORTH 王").map((a) => a.login), ["wang"]);
});

test("the check says what misses, in order", () => {
  const r = fresh();
  assert.equal(missing(r), "desk.js.why.check");
  assert.equal(missing({ ...r, microphone: "bad" }), "desk.js.why.checkmic");
  assert.equal(missing({ ...r, microphone: "ok", network: "bad" }), "desk.js.why.checknetwork");
  assert.equal(missing({ ...r, microphone: "ok", network: "ok" }), "desk.js.why.checkspeaker");
  assert.equal(missing({ ...r, microphone: "ok", network: "ok", speaker: "ok", line: "bad" }), ""); // the line is judged at each moment
  assert.notEqual(seal({ microphone: "a", speaker: "" }), seal({ microphone: "", speaker: "a" }));
});

test("declining needs a reason, and words where the reason is none", () => {
  assert.equal(reasonOf("", "x").missing, "desk.js.pop.needreason");
  assert.equal(reasonOf("other", "  ").missing, "desk.js.pop.needtext");
  assert.deepEqual(reasonOf("busy", " later "), { reason: "busy", note: "later", missing: "" });
  assert.deepEqual(listed(["break", { code: "x", zh: "甲", en: "A" }], false), { codes: ["break", "x"], names: { x: "A" } });
});

test("a mark of a talk holds for half a minute, for its own agent, and in any storage", () => {
  const kept = new Map();
  const store = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  markCall("li", "c", store, 1000);
  assert.equal(markedCall("li", store, 20_000), "c");
  assert.equal(markedCall("wang", store, 20_000), "");
  assert.equal(markedCall("li", store, 40_000), "");
  unmarkCall(store);
  assert.equal(markedCall("li", store, 1000), "");
  kept.set("hotline.desk.call", "{broken");
  assert.equal(markedCall("li", store, 1000), "");
  assert.equal(markedCall("li", null, 1000), "");
});

test("preferences survive what a browser may have kept", () => {
  const kept = new Map([["hotline.desk", '{"volume": 7, "letters": "yes", "microphone": "m1", "alien": 1}']]);
  const store = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) };
  const p = readPrefs(store);
  assert.deepEqual([p.volume, p.letters, p.microphone, "alien" in p], [1, true, "m1", false]);
  writePrefs({ ...p, letters: false }, store);
  assert.equal(readPrefs(store).letters, false);
  kept.set("hotline.desk", "nonsense");
  assert.equal(readPrefs(store).volume, 1);
});

test("the phone is told in a word", () => {
  const word = (kind, more = {}, up = true, miss = "") => phoneWord(kind, { ...idle, ...more }, up, miss, 1000);
  assert.deepEqual(phoneWord("sip", idle, true, "", 1000, ["bj1", "sh1"]), { key: "desk.js.phone.sippartly", args: ["bj1 sh1"], kind: "warn" });
  assert.equal(word("").key, "desk.js.phone.unknown");
  assert.equal(word("sip", {}, false).kind, "bad");
  assert.equal(word("browser", {}, true, "desk.js.why.check").key, "desk.js.phone.check");
  assert.equal(word("browser").kind, "good");
  assert.deepEqual(word("browser", { line: "waiting", retryAt: 3400 }).args, [3]);
});

test("several lines stand as the best of them, and what misses is named", () => {
  const line = (name, state, more = {}) => ({ name, state, retryAt: 0, others: 0, failed: state === "waiting", ...more });
  assert.deepEqual(together([line("bj1", "registered", { others: 1 }), line("sh1", "waiting", { retryAt: 9000 })]), { line: "registered", retryAt: 9000, others: 1, at: 1, of: 2, away: ["sh1"] });
  assert.deepEqual(together([line("bj1", "waiting", { retryAt: 7000 }), line("sh1", "waiting", { retryAt: 5000 })]), { line: "waiting", retryAt: 5000, others: 0, at: 0, of: 2, away: ["bj1", "sh1"] });
  assert.equal(together([line("bj1", "refused"), line("sh1", "connecting")]).line, "connecting");
  assert.equal(together([line("bj1", "refused"), line("sh1", "refused")]).line, "refused");
  assert.equal(together([]).line, "off");
  const word = (more, miss = "") => phoneWord("browser", { ...idle, ...more }, true, miss, 1000);
  assert.deepEqual(word({ at: 2, of: 2 }), { key: "desk.js.phone.at", args: [2, 2], kind: "good" });
  assert.deepEqual(word({ at: 1, of: 2 }), { key: "desk.js.phone.at", args: [1, 2], kind: "warn" });
  assert.equal(word({ at: 2, of: 2 }, "desk.js.why.check").key, "desk.js.phone.check");
});
