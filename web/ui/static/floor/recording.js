// @ts-check
// Reads a day's recorded events page by page. Memory is bounded: past 100,000 events the day is cut and the page says so.

/**
 * @typedef {import("./model.js").FloorEvent} FloorEvent
 * @typedef {{from: string, to: string, before: FloorEvent[], events: FloorEvent[], cut: boolean, floor: import("./model.js").Floor}} Recording
 */

export const MOST = 100_000;
const PAGE = 5000;

/** What a board never looks at costs memory only. */
const NEEDED = ["ring1", "number", "name", "did", "state", "do", "to", "case", "reason", "call", "why"];

/**
 * Keeps of an event what the model counts and the board shows.
 * @param {FloorEvent} e
 * @returns {FloorEvent}
 */
function lean(e) {
  /** @type {Record<string, string>} */
  const data = {};
  for (const k of NEEDED) if (e.data?.[k]) data[k] = e.data[k];
  return { kind: e.kind, at: e.at, call: e.call, queue: e.queue, agent: e.agent, data, verdict: e.verdict };
}

/**
 * @param {{from: string, to: string}} day
 * @param {AbortSignal} signal
 * @param {(have: number, all: number) => void} onProgress
 * @returns {Promise<Recording>}
 */
export async function loadDay(day, signal, onProgress) {
  const get = async (/** @type {string} */ path) => {
    const answer = await fetch(path, { signal, cache: "no-store" });
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  // The rules of the queues and who serves them are today's: the journal does not keep them.
  const floor = await get("/api/v1/floor");
  /** @type {FloorEvent[]} */
  const events = [];
  /** @type {FloorEvent[]} */
  let before = [];
  let all = 0;
  for (let cursor = ""; ;) {
    const page = await get(`/api/v1/journal?from=${encodeURIComponent(day.from)}&to=${encodeURIComponent(day.to)}&limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`);
    if (!cursor) { all = page.total ?? 0; before = page.before ?? []; }
    for (const e of page.items) if (events.length < MOST) events.push(lean(e));
    onProgress(events.length, Math.min(all, MOST));
    cursor = page.next ?? "";
    if (!cursor || events.length >= MOST) return { from: day.from, to: day.to, before, events, cut: cursor !== "", floor };
  }
}
