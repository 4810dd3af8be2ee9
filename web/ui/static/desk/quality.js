// @ts-check
// How well the two hear each other, from what the browser measures (W3C webrtc-stats), as four bars, a word and, when it is bad,
// a sentence that says for whom and why.

/**
 * One look at the counters of a connection. Counters grow; levels are 0 … 1.
 * @typedef {object} Sample
 * @property {number} at milliseconds
 * @property {number} received packets from the other side
 * @property {number} lost of those sent to us
 * @property {number} jitter seconds
 * @property {number} sent packets to the other side
 * @property {number|null} theirLoss share of ours that the other side missed, 0 … 1, as it reports it (RTCP)
 * @property {number|null} rtt seconds
 * @property {number} level loudness of the microphone
 */

/**
 * @typedef {object} Grade
 * @property {number} bars 0 … 4
 * @property {"good"|"fair"|"poor"|"bad"|"none"} word
 * @property {""|"silent-line"|"silent-microphone"|"they-hear-badly"|"you-hear-badly"|"late"} trouble
 * @property {number} value of the trouble: per cent, milliseconds or seconds
 */

const WINDOW = 5000; // one lost packet is nothing; five seconds of loss is a bad line
const LOSS = 400; // 4 points of the E-model for each per cent: between G.711 with and without concealment (ITU-T G.113)
const SILENT_LINE = 3000;
const SILENT_MICROPHONE = 8000;

/** Keeps the last samples of one call and grades them. */
export class Meter {
  constructor() {
    /** @type {Sample[]} */
    this.samples = [];
    this.heardAt = 0; // last instant at which packets came
    this.spokeAt = 0; // last instant at which the microphone gave any sound
  }

  /**
   * @param {Sample} s
   * @param {{muted: boolean, held: boolean}} now a held caller sends nothing, a muted microphone is silent: both are no trouble
   * @returns {Grade}
   */
  add(s, now) {
    const before = this.samples[this.samples.length - 1];
    if (!before || s.received > before.received || now.held) this.heardAt = s.at;
    if (!before || s.level > 0 || now.muted || now.held) this.spokeAt = s.at;
    this.samples.push(s);
    while (this.samples.length > 1 && s.at - this.samples[0].at > WINDOW) this.samples.shift();
    return grade(this.samples, s.at - this.heardAt, s.at - this.spokeAt);
  }
}

/**
 * Quality by a shortened E-model (ITU-T G.107): 93.2 less what delay and loss cost; 80 and more is good, below 55 hardly anybody is
 * content. The worse direction counts.
 * @param {Sample[]} samples oldest first
 * @param {number} lineSilent milliseconds since the last packet came
 * @param {number} microphoneSilent milliseconds since the microphone gave sound
 * @returns {Grade}
 */
export function grade(samples, lineSilent = 0, microphoneSilent = 0) {
  if (samples.length < 2) return { bars: 0, word: "none", trouble: "", value: 0 };
  const first = samples[0], last = samples[samples.length - 1];
  if (lineSilent >= SILENT_LINE) return { bars: 0, word: "bad", trouble: "silent-line", value: Math.round(lineSilent / 1000) };
  const lost = Math.max(0, last.lost - first.lost), got = Math.max(0, last.received - first.received);
  const ours = lost + got > 0 ? lost / (lost + got) : 0;
  const reports = samples.flatMap((s) => (s.theirLoss === null ? [] : [s.theirLoss]));
  const theirs = reports.length > 0 ? reports.reduce((a, b) => a + b, 0) / reports.length : 0;
  const rtt = (last.rtt ?? 0) * 1000;
  const delay = rtt / 2 + 2 * last.jitter * 1000 + 20;
  const r = 93.2 - delayCost(delay) - LOSS * Math.max(ours, theirs);
  const { bars, word } = step(r);
  if (word === "good" || word === "fair") {
    if (microphoneSilent >= SILENT_MICROPHONE) return { bars, word, trouble: "silent-microphone", value: Math.round(microphoneSilent / 1000) };
    return { bars, word, trouble: "", value: 0 };
  }
  const lossCost = LOSS * Math.max(ours, theirs);
  if (delayCost(delay) > lossCost) return { bars, word, trouble: "late", value: Math.round(rtt) };
  if (theirs >= ours) return { bars, word, trouble: "they-hear-badly", value: percent(theirs) };
  return { bars, word, trouble: "you-hear-badly", value: percent(ours) };
}

/** @param {number} ms one way */
function delayCost(ms) {
  return ms < 160 ? ms / 40 : (ms - 120) / 10;
}

/** @param {number} r @returns {{bars: number, word: "good"|"fair"|"poor"|"bad"}} */
function step(r) {
  if (r >= 80) return { bars: 4, word: "good" };
  if (r >= 70) return { bars: 3, word: "fair" };
  if (r >= 55) return { bars: 2, word: "poor" };
  return { bars: 1, word: "bad" };
}

/** @param {number} share */
function percent(share) {
  return Math.max(1, Math.round(share * 100));
}
