// @ts-check
// Orders to the JSON API, and their refusals in words.

import { message } from "../app.js";
import { text } from "../texts.js";

/** @typedef {{code: string, detail: string, do: string, fields?: {name: string, what: string}[]}} Problem */

/**
 * Sends an order. A refusal is shown, and given back.
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @returns {Promise<{ok: boolean, data?: any, problem?: Problem}>}
 */
export async function order(method, path, body) {
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method, cache: "no-store", headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status === 401) {
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return { ok: false };
    }
    const data = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
    if (answer.ok) return { ok: true, data };
    /** @type {Problem} */
    const problem = data?.code ? data : { code: "", detail: text("floor.js.refused", answer.status), do: "" };
    const fields = (problem.fields ?? []).map((f) => `${f.name}: ${f.what}`).join("; ");
    message(problem.detail, [problem.do, fields].filter(Boolean).join(" "), "trouble");
    return { ok: false, problem };
  } catch (err) {
    console.warn("an order could not be sent:", err);
    message(text("ui.js.offline"), text("floor.js.notdone"), "trouble");
    return { ok: false };
  }
}

/**
 * Says what was done.
 * @param {string} words
 */
export function done(words) {
  message(words, "", "good");
}
