// @ts-check
// What has to be in order before an agent with a browser phone can be ready. Only rules: no browser is asked here.

/** @typedef {"wait"|"running"|"ok"|"bad"} Result */
/** @typedef {"microphone"|"speaker"|"line"|"network"} Item */
/** @typedef {Record<Item, Result>} Results */

/** @type {readonly Item[]} */
export const items = Object.freeze(["microphone", "speaker", "line", "network"]);

/** @returns {Results} */
export function fresh() {
  return { microphone: "wait", speaker: "wait", line: "wait", network: "wait" };
}

/**
 * The first thing that misses, as the text that says so; "" when everything passed. Whether the phone is registered is known at each
 * moment and told apart (see enabled.js), so a short cut does not undo the check.
 * @param {Results} r
 */
export function missing(r) {
  if (items.every((i) => i === "line" || r[i] === "wait")) return "desk.js.why.check";
  if (r.microphone !== "ok") return r.microphone === "bad" ? "desk.js.why.checkmic" : "desk.js.why.check";
  if (r.network === "bad") return "desk.js.why.checknetwork";
  if (r.speaker !== "ok") return "desk.js.why.checkspeaker";
  return r.network === "ok" ? "" : "desk.js.why.check";
}

/**
 * What a session keeps of a passed check: which devices it was for. Other devices have to be checked anew.
 * @param {{microphone: string, speaker: string}} prefs
 */
export function seal(prefs) {
  return JSON.stringify([prefs.microphone, prefs.speaker]);
}
