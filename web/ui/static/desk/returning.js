// @ts-check
// A talk that broke off (the page was loaded anew, the browser crashed, the phone died) comes back to the same agent: the server keeps
// the caller with music and rings this desk again. Here is known which call that is, and for how long it can still come.

import { markCall, markedCall, unmarkCall } from "./marker.js";

const wait = 25_000; // the server keeps a caller for 20 s by default

export class Returning {
  /** @param {string} me login */
  constructor(me) {
    this.me = me;
    this.call = markedCall(me);
    this.since = performance.now();
    this.announced = false;
  }

  /**
   * The call that is being put back, as long as nothing of it is seen yet; "" for none.
   * @param {import("./types.js").Model} m
   * @param {import("./types.js").PhoneState} phone
   */
  expected(m, phone) {
    if (!this.call || performance.now() - this.since > wait || phone.session === "talking") return "";
    return m.pop === null && m.view !== null && m.view.state !== "wrapup" ? this.call : "";
  }

  /**
   * A pop of the call that broke off here is answered without being asked: nobody should hear it ring for the same talk again.
   * @param {import("./types.js").Pop} p
   */
  isMine(p) {
    return p.why === "return" && (p.call === this.call || p.call === markedCall(this.me));
  }

  /** The talk goes on. @param {string} call */
  talking(call) {
    markCall(this.me, call);
    if (call === this.call) this.call = "";
  }

  /** The talk is over; back: it broke off, and the caller is kept for this agent. @param {string} call @param {boolean} back */
  over(call, back) {
    this.call = back ? call : "";
    this.since = performance.now();
    if (back) markCall(this.me, call);
    else unmarkCall();
  }

  /**
   * After a reload the server may still take this page for talking. Gives, once, the call of which it must be told that this phone is
   * not in it any more.
   * @param {import("./types.js").View} v
   * @param {import("./types.js").PhoneState} phone
   */
  lost(v, phone) {
    if (this.announced) return "";
    this.announced = true;
    return this.call && v.state === "talking" && v.call === this.call && phone.session === "none" ? this.call : "";
  }
}
