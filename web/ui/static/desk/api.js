// @ts-check
// The JSON API with the session's cookie. A refusal is a Problem (RFC 9457): what is wrong and what to do, for people.

/** A refusal of the server, or that it was not reached (status 0). */
export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {string} advice */
  constructor(status, code, detail, advice) {
    super(detail);
    this.status = status;
    this.code = code;
    this.advice = advice;
  }
}

/**
 * @param {string} method
 * @param {string} path under /api/v1
 * @param {unknown} [body]
 * @param {number} [limit] milliseconds until we give up
 * @returns {Promise<any>} the document, or null when there is none
 * @throws {Refusal}
 */
export async function call(method, path, body, limit = 10_000) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(limit),
      headers: body === undefined ? { Accept: "application/json" } : { Accept: "application/json", "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, "unreached", "", "");
  }
  const text = await answer.text();
  /** @type {any} */
  let doc = null;
  try {
    doc = text ? JSON.parse(text) : null;
  } catch {
    doc = null; // a proxy's own page: the status says enough
  }
  if (!answer.ok) throw new Refusal(answer.status, doc?.code ?? "", doc?.detail ?? answer.statusText, doc?.do ?? "");
  return doc;
}

/** @param {string} path */
export const get = (path) => call("GET", path);

/** @param {string} path @param {unknown} [body] */
export const post = (path, body = {}) => call("POST", path, body);
