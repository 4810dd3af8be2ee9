// @ts-check
// Sentences from facts: which text key with which parts. No text stands here; it is in texts/desk_phone.yaml.

/** @typedef {{key: string, args: (string|number)[]}} Saying */

/** @param {string} key @param {...(string|number)} args @returns {Saying} */
const say = (key, ...args) => ({ key, args });

/**
 * 2:14 · 1:02:03
 * @param {number} ms
 */
export function clockOf(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** @type {Readonly<Record<string, string>>} */
const states = Object.freeze({
  offline: "desk.js.state.offline", ready: "desk.js.state.ready", offered: "desk.js.state.offered", ringing: "desk.js.state.ringing",
  talking: "desk.js.state.talking", wrapup: "desk.js.state.wrapup", paused: "desk.js.state.paused", unreachable: "desk.js.state.unreachable",
});

/** @param {string} state */
export function stateKey(state) {
  return states[state] ?? "desk.js.state.unknown";
}

/** @type {Readonly<Record<string, string>>} */
const reasons = Object.freeze({
  break: "desk.js.reason.break", meal: "desk.js.reason.meal", meeting: "desk.js.reason.meeting", training: "desk.js.reason.training",
  paperwork: "desk.js.reason.paperwork", "missed-calls": "desk.js.reason.missed", "desk-lost": "desk.js.reason.desklost",
  "wrapup-timeout": "desk.js.reason.wrapup", "phone-unheard": "desk.js.reason.unheard",
});

/** Reasons of the operator's own have no text of ours: "" then, and the code itself is shown. @param {string} code */
export function reasonKey(code) {
  return reasons[code] ?? "";
}

/**
 * Why the call came to this agent.
 * @param {{why: string, hand_by?: string, queue: string, card?: import("./types.js").Card|null}} pop
 * @param {string} me login
 * @param {(login: string) => string} nameOf
 * @param {(queue: string) => string} titleOf
 * @returns {Saying}
 */
export function whyOf(pop, me, nameOf, titleOf) {
  const queue = titleOf(pop.queue);
  if (pop.why === "return") return say("desk.js.why.return");
  if (pop.why === "monitor") return say("desk.js.why.monitor");
  if (pop.why === "out") return say("desk.js.why.out");
  if (pop.why === "takeover") return say("desk.js.why.takeover");
  if (pop.why === "expert") return say("desk.js.why.expert", nameOf(pop.hand_by ?? ""));
  if (pop.hand_by) return say("desk.js.why.handover", nameOf(pop.hand_by));
  if (pop.why === "owner") {
    const mine = pop.card?.cases.find((c) => c.owner === me);
    return mine ? say("desk.js.why.owner", mine.number) : say("desk.js.why.owneronly");
  }
  const skill = /^skill (\d+)$/.exec(pop.why);
  if (skill) return say("desk.js.why.skill", queue, skill[1]);
  switch (pop.why) {
    case "team": return say("desk.js.why.team", queue);
    case "everyone": return say("desk.js.why.everyone", queue);
    case "manager": return say("desk.js.why.manager", queue);
    case "adopted": return say("desk.js.why.adopted");
    case "phone": return say("desk.js.why.phone");
  }
  return say("desk.js.why.queue", queue);
}

/**
 * What became of an offer or a hand-over.
 * @param {import("./types.js").Notice} n
 * @param {(login: string) => string} nameOf
 * @param {(target: string) => string} targetOf
 * @returns {Saying}
 */
export function outcomeOf(n, nameOf, targetOf) {
  const who = nameOf(n.who);
  switch (n.outcome) {
    case "lost": return n.ring > 0 ? say("desk.js.lost.by", who, n.ring) : say("desk.js.lost.byone", who);
    case "abandoned": return say("desk.js.lost.abandoned");
    case "missed": return say("desk.js.lost.missed");
    case "declined": return say("desk.js.lost.declined");
    case "unreachable": case "busy": return say("desk.js.lost.unreached");
    case "returned": return say("desk.js.lost.returned");
    case "expert-missed": return say("desk.js.expert.missed", who);
    case "expert-left": return say("desk.js.expert.left", who);
    case "handtaken": return say("desk.js.hand.taken", targetOf(n.who));
  }
  if (n.outcome.startsWith("handback")) return say(n.outcome === "handback-declined" ? "desk.js.hand.declined" : "desk.js.hand.back", targetOf(n.who));
  return say("desk.js.lost.fault");
}

/**
 * The target of a hand-over as the journal writes it: a login, "queue:NAME" or "manager".
 * @param {string} target
 * @param {(login: string) => string} nameOf
 * @param {(queue: string) => string} titleOf
 * @param {string} manager the word for the service manager
 */
export function targetName(target, nameOf, titleOf, manager) {
  if (target === "manager") return manager;
  return target.startsWith("queue:") ? titleOf(target.slice(6)) : nameOf(target);
}

/** @type {Readonly<Record<string, string>>} */
const modes = Object.freeze({ listen: "desk.js.monitor.listen", whisper: "desk.js.monitor.whisper", barge: "desk.js.monitor.barge" });

/** @param {{by: string, name: string, mode: string}} m @param {(login: string) => string} nameOf @returns {Saying} */
export function monitorOf(m, nameOf) {
  return say(modes[m.mode] ?? "desk.js.monitor.listen", m.name || nameOf(m.by));
}

/** @param {import("./quality.js").Grade} g @returns {Saying} */
export function qualityWord(g) {
  switch (g.word) {
    case "good": return say("desk.js.quality.good");
    case "fair": return say("desk.js.quality.fair");
    case "poor": return say("desk.js.quality.poor");
    case "bad": return say("desk.js.quality.bad");
  }
  return say("desk.js.quality.none");
}

/** @param {import("./quality.js").Grade} g @returns {Saying|null} */
export function qualityTrouble(g) {
  const value = g.value;
  switch (g.trouble) {
    case "silent-line": return say("desk.js.quality.silentline", value);
    case "silent-microphone": return say("desk.js.quality.silentmic", value);
    case "they-hear-badly": return say("desk.js.quality.they", value);
    case "you-hear-badly": return say("desk.js.quality.you", value);
    case "late": return say("desk.js.quality.late", value);
  }
  return null;
}

/** @type {Readonly<Record<string, string>>} */
const troubles = Object.freeze({
  "mic-refused": "desk.js.trouble.refused", "mic-missing": "desk.js.trouble.missing", "mic-lost": "desk.js.trouble.lost",
  "mic-withdrawn": "desk.js.trouble.withdrawn", "mic-busy": "desk.js.trouble.busy", "mic-swapped": "desk.js.trouble.swapped",
  "speaker-swapped": "desk.js.trouble.speaker", "audio-blocked": "desk.js.trouble.blocked", "media-lost": "desk.js.trouble.media",
  "mic-insecure": "desk.js.trouble.insecure",
});

/** The same with the names of the devices, as many as are known. @type {Readonly<Record<string, string>>} */
const named = Object.freeze({
  "mic-lost1": "desk.js.trouble.lostnamed", "mic-swapped2": "desk.js.trouble.swappednamed", "speaker-swapped2": "desk.js.trouble.speakernamed",
});

/** @param {{trouble: string, devices: string[]}} phone @returns {Saying} its key is "" when there is no trouble */
export function troubleOf(phone) {
  const key = named[phone.trouble + phone.devices.length];
  return key ? say(key, ...phone.devices) : say(troubleKey(phone.trouble));
}

/** @param {string} trouble "" or a key of the softphone's troubles */
export function troubleKey(trouble) {
  return troubles[trouble] ?? "";
}

/**
 * The ring that sounds now and the seconds since the first began.
 * @param {string} ring1 RFC 3339
 * @param {number} cycle milliseconds of one ring
 * @param {number} now by the server's clock
 */
export function ringOf(ring1, cycle, now) {
  const since = Math.max(0, now - Date.parse(ring1));
  return { ring: 1 + Math.floor(since / Math.max(1, cycle)), seconds: since / 1000 };
}

const invited = new Set(["handover", "expert", "monitor", "takeover", "return"]);

/**
 * What the ring bar of a pop counts: the caller's rings, or, for a caller whom somebody talks with already, how long this agent's phone
 * will ring. null: nothing that can be counted.
 * @param {import("./types.js").Pop} p
 * @returns {{from: string, rings: number}|null}
 */
export function barOf(p) {
  if (!p.ring1 || !(p.cycle_ms > 0)) return null;
  const asked = p.hand_by !== undefined && p.hand_by !== "" || invited.has(p.why);
  const from = asked ? p.at ?? "" : p.ring1;
  const rings = Math.round((Date.parse(p.deadline) - Date.parse(from)) / p.cycle_ms);
  if (rings >= 1 && rings <= 12) return { from, rings };
  return asked ? null : { from, rings: 3 };
}
