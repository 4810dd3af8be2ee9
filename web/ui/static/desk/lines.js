// @ts-check
// The softphone's lines: one to each switch of the hotline, for a call may come from any. Each is kept up by itself; together they stand
// as the best of them does.

import { Line, websocketOf } from "./line.js";

/** @typedef {import("./line.js").LineState} LineState */
/** @typedef {import("./line.js").LineOptions} LineOptions */
/** @typedef {import("./types.js").Account} Account */

/**
 * @typedef {object} Standing
 * @property {LineState} line
 * @property {number} retryAt when the next of those that wait tries again
 * @property {number} others phones of this account that ring too
 * @property {number} at how many switches know this phone
 * @property {number} of how many there are
 * @property {string[]} away names of the switches where it was tried in vain
 */

/** Events: "state" (CustomEvent, detail Line) whenever a line changed. */
export class Lines extends EventTarget {
  /**
   * @param {Account} account
   * @param {Pick<LineOptions, "ice"|"microphone"> & {onInvite: (i: import("../vendor/sip.js").Invitation, line: Line) => void}} options
   */
  constructor(account, options) {
    super();
    /** @type {{name: string, line: Line}[]} */
    this.all = account.lines.map(({ switch: name, path }) => {
      const line = new Line({
        server: websocketOf(path), uri: account.uri, login: account.login, ha1: account.ha1 ?? "", ice: options.ice,
        microphone: options.microphone, onInvite: (i) => options.onInvite(i, line),
      });
      line.addEventListener("state", () => this.dispatchEvent(new CustomEvent("state", { detail: line })));
      return { name, line };
    });
  }

  start() {
    for (const { line } of this.all) line.start();
  }

  /** Takes all registrations back. */
  async stop() {
    await Promise.all(this.all.map(({ line }) => line.stop()));
  }

  /** Lines that wait for their next try do it now. */
  hurry() {
    for (const { line } of this.all) line.hurry();
  }

  /** @returns {Standing} */
  get standing() {
    return together(this.all.map(({ name, line }) => ({ name, state: line.state, retryAt: line.retryAt, others: line.others, failed: line.attempt > 0 })));
  }
}

/** @type {readonly LineState[]} */
const order = ["registered", "connecting", "waiting", "refused", "off"];

/**
 * How several lines stand as one: the best of them counts, and what is missing is named.
 * @param {{name: string, state: LineState, retryAt: number, others: number, failed: boolean}[]} lines
 * @returns {Standing}
 */
export function together(lines) {
  const registered = lines.filter((l) => l.state === "registered");
  const waiting = lines.filter((l) => l.state === "waiting");
  return {
    line: order.find((s) => lines.some((l) => l.state === s)) ?? "off",
    retryAt: waiting.length > 0 ? Math.min(...waiting.map((l) => l.retryAt)) : 0,
    others: Math.max(0, ...registered.map((l) => l.others)),
    at: registered.length, of: lines.length,
    away: lines.filter((l) => l.state === "refused" || l.state !== "registered" && l.failed).map((l) => l.name),
  };
}
