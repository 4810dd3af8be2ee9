// @ts-check
// Follows the agent's stream, folds it into the model, and tells the page's other half by events on document: hotline:state,
// hotline:pop, hotline:card, hotline:talk, hotline:owned, hotline:over, hotline:withdrawn, hotline:replaced.

import { now } from "../clock.js";
import { openStream } from "../stream.js";
import { get } from "./api.js";
import { waitFor } from "./backoff.js";
import { empty, isPush, reduce, synced } from "./model.js";

/** @typedef {import("./types.js").Model} Model */

const told = new Set(["state", "pop", "card", "talk", "owned", "over", "withdrawn", "replaced"]);

/**
 * Events: "change" (CustomEvent, detail {before, kind}) whenever the model changed; "push" (CustomEvent, detail the push) for each
 * message to this desk; "event" (CustomEvent, detail {kind, data}) for what is heard of queues.
 */
export class Live extends EventTarget {
  constructor() {
    super();
    /** @type {Model} */
    this.model = empty();
    /** @type {{close: () => void, retry: () => void}|null} */
    this.stream = null;
    this.reopened = 0;
    this.connected = 0;
    this.events = 0; // heard so far; an answer of the API that is older than the last one is no news
  }

  /** Opens the desk, also to take it back from where it was opened meanwhile. */
  open() {
    this.stream?.close();
    this.#become({ ...this.model, stream: { state: "connecting", since: now(), why: "" } }, "stream");
    this.stream = openStream({
      desk: true,
      onEvent: (kind, data) => this.#heard(kind, data),
      onStale: (since) => {
        // The stream tells the device's time; what is shown is the server's.
        const ago = Date.now() - since.getTime();
        this.#become({ ...this.model, stream: { state: "stale", since: now() - ago, why: "" } }, "stream");
      },
      onLive: () => this.#become({ ...this.model, stream: { state: "live", since: now(), why: "" } }, "stream"),
    });
  }

  /** @param {string} kind @param {any} data */
  #heard(kind, data) {
    switch (kind) {
      case "hello":
      case "reset":
        this.reopened = 0;
        if (this.connected++ > 0) this.#sync();
        return;
      case "bye":
        if (data?.why === "session") this.#end("session");
        return;
      case "desk-closed":
        if (data?.code === "desk-replaced") this.#end("desk-replaced");
        else this.#reopen();
        return;
    }
    const before = this.model;
    const known = before.call?.call ?? before.pop?.call;
    this.events++;
    this.#become(reduce(before, kind, data, now()), kind);
    if (isPush(data)) {
      this.dispatchEvent(new CustomEvent("push", { detail: data }));
      if (told.has(kind)) document.dispatchEvent(new CustomEvent(`hotline:${kind}`, { detail: detailOf(kind, data, this.model) }));
    } else {
      this.dispatchEvent(new CustomEvent("event", { detail: { kind, data } }));
    }
    // A desk that comes into a running talk does not know yet whether the caller is on hold.
    if (this.model.call && this.model.call.call !== known) this.#sync();
  }

  /** The server closed this desk for a reason that passes: too slow, too long silent, restarting. */
  #reopen() {
    this.#become({ ...this.model, stream: { state: "stale", since: now(), why: "" } }, "stream");
    setTimeout(() => {
      if (this.model.stream.state !== "ended") this.open();
    }, waitFor(++this.reopened));
  }

  /** @param {string} why */
  #end(why) {
    this.stream?.close();
    this.#become({ ...this.model, stream: { state: "ended", since: now(), why } }, "stream");
  }

  /** Asks how the call stands, after an order whose event this agent may not hear. */
  refresh() {
    return this.#sync();
  }

  /** Asks how the call stands now. @param {number} [tries] */
  async #sync(tries = 3) {
    const id = this.model.call?.call ?? (this.model.view?.state === "talking" ? this.model.view.call : "");
    if (!id) return;
    const heard = this.events;
    try {
      const item = await get(`/calls/${encodeURIComponent(id)}`);
      if (heard === this.events) this.#become(synced(this.model, item), "synced");
      else if (tries > 1) await this.#sync(tries - 1);
    } catch {
      // The stream goes on telling; only what happened in the cut stays unknown until the next event.
    }
  }

  /** @param {Model} next @param {string} kind */
  #become(next, kind) {
    const before = this.model;
    if (next === before) return;
    this.model = next;
    this.dispatchEvent(new CustomEvent("change", { detail: { before, kind } }));
  }
}

/** What other modules of the page get: the push's data with its call and id beside it. @param {string} kind @param {any} push @param {Model} m */
function detailOf(kind, push, m) {
  if (kind === "state") return push.data;
  const known = kind === "talk" ? { number: m.call?.number, name: m.call?.name, queue: m.call?.queue, card: m.call?.card, case: m.call?.caseNumber } : {};
  return { ...known, ...push.data, id: push.id, at: push.data?.at ?? push.at, call: push.call ?? push.data?.call, data: push.data };
}
