// @ts-check
/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").Answer} Answer */
import * as store from "./store.js";

/**
 * @typedef {object} Result
 * @property {"sent" | "offline" | "signin" | "trouble"} state
 * @property {Answer[]} answers
 */

/** An id that no other device makes. */
export function newClient() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * Sends what waits, in order, one after the other; only one page of this phone does so at a time. What the server has kept is
 * removed here, also when it was refused: the refusal is kept there, and shown.
 * @param {string} login @returns {Promise<Result>}
 */
export function send(login) {
  return navigator.locks.request("hotline-visit", async () => {
    /** @type {Answer[]} */
    const answers = [];
    for (const a of await store.waiting(login)) {
      if (a.trouble) continue;
      const form = new FormData();
      form.set("action", JSON.stringify({ client: a.client, order: a.order, kind: a.kind, body: a.body, device_at: a.device_at }));
      if (a.file) form.set("file", a.file, a.file_name ?? "file");
      const { answer, state } = await ask("/visit/actions", { method: "POST", body: form });
      if (state === "refused") { // it never got into the records: it stays here, and the engineer sees why
        await store.change({ ...a, trouble: `${answer?.what ?? ""} ${answer?.do ?? ""}`.trim() });
        continue;
      }
      if (state !== "sent" || !answer) return { state: state === "sent" ? "trouble" : state, answers };
      answers.push(answer);
      await store.sent(/** @type {number} */ (a.seq));
    }
    return { state: "sent", answers };
  });
}

/**
 * Asks the server. A page instead of an answer means that nobody is signed in any more.
 * @param {string} path @param {RequestInit} [init]
 * @returns {Promise<{state: "sent" | "offline" | "signin" | "trouble" | "refused", answer?: any}>}
 */
export async function ask(path, init = {}) {
  /** @type {Response} */
  let r;
  try {
    r = await fetch(path, { ...init, cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(60_000) });
  } catch {
    return { state: "offline" };
  }
  if (r.status === 401 || r.status === 403 || r.redirected) return { state: "signin" };
  if (!r.headers.get("Content-Type")?.startsWith("application/json")) return { state: "trouble" };
  const answer = await r.json().catch(() => undefined);
  if (r.status >= 500 || !answer) return { state: "trouble" };
  return { state: r.ok ? "sent" : "refused", answer };
}
