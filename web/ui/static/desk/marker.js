// @ts-check
// A mark that this browser was in a call, so that the page that comes after a reload or a crash knows that the caller is being put
// back to it. Only the call's id, the login and the time are kept; it is worthless after the time the switch holds a caller.

import { storage } from "./prefs.js";

const place = "hotline.desk.call";
const valid = 30_000; // the switch offers the call again for 20 s

/** @typedef {{login: string, call: string, at: number}} Mark */

/** @param {string} login @param {string} call @param {Storage|null} [store] */
export function markCall(login, call, store = storage("localStorage"), now = Date.now()) {
  try {
    store?.setItem(place, JSON.stringify({ login, call, at: now }));
  } catch {
    // Without the mark the returned call rings like any other.
  }
}

/** @param {Storage|null} [store] */
export function unmarkCall(store = storage("localStorage")) {
  try {
    store?.removeItem(place);
  } catch {
    // see markCall
  }
}

/**
 * The call that this agent was in a moment ago in this browser, or "".
 * @param {string} login
 * @param {Storage|null} [store]
 */
export function markedCall(login, store = storage("localStorage"), now = Date.now()) {
  try {
    /** @type {Mark|null} */
    const m = JSON.parse(store?.getItem(place) ?? "null");
    return m && m.login === login && now - m.at < valid && now >= m.at - valid ? m.call : "";
  } catch {
    return "";
  }
}
