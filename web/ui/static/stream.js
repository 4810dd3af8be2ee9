// @ts-check
import { feed } from "./clock.js";

/**
 * @typedef {object} StreamOptions
 * @property {boolean} [desk] the stream is the agent's desk: it carries the agent's own pops and pushes too
 * @property {boolean} [floor] the stream feeds a wallboard: every event of all queues, masked
 * @property {boolean} [records] also tell which cases and orders change
 * @property {string} [after] the id of the event to begin after; without it the stream begins now
 * @property {(kind: string, data: any, id: string) => void} onEvent one event; kind "hello" begins a connection, "reset" says that
 *   events were missed: load everything anew
 * @property {(since: Date) => void} [onStale] nothing was heard since then; called once until onLive
 * @property {() => void} [onLive] the stream is heard (again)
 * @property {string} [url] for tests
 * @property {number} [silence] after so many ms without a sign of life the line counts as dead; 25 s
 */

/** The server beats every 10 s; so much silence means that the line is dead. */
const longestSilence = 25_000;
const firstWait = 500;
const longestWait = 15_000;

/**
 * Follows GET /api/v1/events until close() is called. It resumes after the last event it had, notices 25 s of silence, tries again
 * ever more slowly, and feeds the clock. It reads with fetch because EventSource hides the server's beats and answers.
 * @param {StreamOptions} o
 * @returns {{close: () => void, retry: () => void, last: () => string, heard: () => number}} retry tries at once, e.g. when the browser
 *   comes online; last is the id up to which everything was heard; heard is when the last byte came (ms, this device's clock)
 */
export function openStream(o) {
  let last = o.after ?? "";
  let closed = false;
  let stale = false;
  let wait = firstWait;
  let heard = Date.now();
  let abort = new AbortController();
  /** @type {(() => void) | undefined} */
  let wake;

  const goStale = () => {
    if (stale || closed) return;
    stale = true;
    o.onStale?.(new Date(heard));
  };

  /** A listener that fails is a fault of the page, not of the line. @param {string} kind @param {any} data */
  const tell = (kind, data) => {
    if (kind === "told") document.dispatchEvent(new Event("hotline:told")); // the bell of the page
    try {
      o.onEvent(kind, data, last);
    } catch (err) {
      reportError(err);
    }
  };

  const follow = async () => {
    abort = new AbortController();
    const watch = watchdog(() => abort.abort(), o.silence ?? longestSilence);
    const sent = performance.now();
    try {
      const query = new URLSearchParams();
      if (o.desk) query.set("desk", "true");
      if (o.floor) query.set("floor", "true");
      if (o.records) query.set("records", "true");
      if (last) query.set("after", last);
      const answer = await fetch(`${o.url ?? "/api/v1/events"}?${query}`, {
        headers: { Accept: "text/event-stream" }, cache: "no-store", signal: abort.signal,
      });
      if (answer.status === 401) {
        location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        closed = true;
        return;
      }
      if (!answer.ok || !answer.body) throw new Error(`events answered ${answer.status}`);
      for await (const block of blocks(answer.body)) {
        watch.feed();
        heard = Date.now();
        if (block.id) last = block.id;
        if (block.kind === "hello" || block.kind === "reset") {
          feed(Date.parse(block.data.now), sent, performance.now());
          wait = firstWait;
          stale = false;
          o.onLive?.();
        }
        if (block.kind) tell(block.kind, block.data);
        // The server says when it will not go on: another window took the desk, or the session ended.
        if (block.kind === "desk-closed") closed = true;
      }
    } catch (err) {
      if (!closed && !abort.signal.aborted) console.warn("live events were cut:", err);
    } finally {
      watch.stop();
    }
  };

  const run = async () => {
    while (!closed) {
      await follow();
      if (closed) return;
      goStale();
      const pause = wait * (0.75 + Math.random() / 2); // so that a thousand desks do not come back in one instant
      wait = Math.min(wait * 2, longestWait);
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
        setTimeout(resolve, pause);
      });
    }
  };
  const retry = () => {
    wait = firstWait;
    wake?.();
  };
  addEventListener("online", retry);
  void run();
  return {
    close() {
      closed = true;
      removeEventListener("online", retry);
      abort.abort();
      wake?.();
    },
    retry,
    last: () => last,
    heard: () => heard,
  };
}

/** Calls late when feed was not called for so many ms. @param {() => void} late @param {number} silence */
function watchdog(late, silence) {
  let timer = setTimeout(late, silence);
  return {
    feed() {
      clearTimeout(timer);
      timer = setTimeout(late, silence);
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Reads server-sent events (WHATWG HTML §9.2.6) as the hub writes them: each block may have an id, an event and one JSON document. A
 * beat is a block without an event.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{id: string, kind: string, data: any}>}
 */
async function* blocks(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      yield parse(rest.slice(0, end));
      rest = rest.slice(end + 2);
    }
  }
}

/** @param {string} block */
function parse(block) {
  let id = "";
  let kind = "";
  let data = "";
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon < 0 ? undefined : colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") id = value;
    else if (name === "event") kind = value;
    else if (name === "data") data += value;
  }
  return { id, kind, data: data ? JSON.parse(data) : undefined };
}
