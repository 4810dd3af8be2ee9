// @ts-check
// The strip above the desk: where the agent stands and since when, what waits, and whether what is shown is true.

import { now } from "../clock.js";
import { text } from "../texts.js";
import { able, attribute, byId, make, part, put, shapeOf } from "./parts.js";
import { clockOf, reasonKey, stateKey } from "./words.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").View} View */

export class PresenceStrip {
  /**
   * @param {import("./people.js").People} people
   * @param {(reason: string) => void} pause
   */
  constructor(people, pause) {
    this.people = people;
    this.root = byId("desk-bar", HTMLElement);
    this.menu = byId("desk-pauses", HTMLElement);
    this.longest = byId("desk-longest", HTMLElement);
    this.button = /** @type {HTMLElement} */ (this.root.querySelector('[data-action="pause"]'));
    this.#moveInMenu(pause);
  }

  /** @param {import("./house.js").Reasons} list */
  setReasons({ codes, names }) {
    this.menu.replaceChildren(...codes.map((code) => {
      const item = make("button", "menu-item", names[code] ?? this.reason(code));
      item.setAttribute("type", "button");
      item.setAttribute("role", "menuitem");
      item.tabIndex = -1;
      item.dataset.reason = code;
      return item;
    }));
    this.names = names;
  }

  /** @type {Record<string, string>} */
  names = {};

  /** @param {string} code */
  reason(code) {
    const key = reasonKey(code);
    return this.names[code] ?? (key ? text(key) : code);
  }

  /**
   * @param {Model} m
   * @param {Record<import("./enabled.js").Action, import("./enabled.js").Ability>} can
   */
  render(m, can) {
    const v = m.view;
    const state = v?.state ?? "";
    this.root.dataset.state = state;
    part(this.root, "shape").className = `shape shape-${shapeOf(state)}`;
    const word = text(stateKey(state));
    put(part(this.root, "word"), v?.reason && state !== "offline" ? text("desk.js.state.reason", word, this.reason(v.reason)) : word);
    put(part(this.root, "pending"), v?.pending === "paused" ? text("desk.js.pending.paused") : v?.pending === "offline" ? text("desk.js.pending.offline") : "");
    this.#button("ready", can.ready, v !== null && (state === "offline" || state === "paused" || state === "unreachable" || !!v.pending));
    this.#button("pause", can.pause, v !== null && !(state === "paused" && !v.pending));
    this.#button("signout", can.signout, v !== null && state !== "offline" && v.pending !== "offline");
    const missed = part(this.root, "missed");
    missed.hidden = !v?.missed;
    if (v?.missed) put(missed, text("desk.js.missed", v.missed));
    this.tick(m);
  }

  /** @param {string} action @param {import("./enabled.js").Ability} ability @param {boolean} shown */
  #button(action, ability, shown) {
    const b = this.root.querySelector(`[data-action="${action}"]`);
    if (!(b instanceof HTMLElement)) return;
    b.hidden = !shown;
    able(b, ability);
  }

  /** What moves with time. @param {Model} m */
  tick(m) {
    const v = m.view;
    put(part(this.root, "since"), v ? clockOf(now() - Date.parse(v.since)) : "");
    const wrap = part(this.root, "wrapup");
    wrap.hidden = v?.state !== "wrapup" || !v.wrapup_end;
    if (v?.wrapup_end && !wrap.hidden) {
      const left = Date.parse(v.wrapup_end) - now();
      put(part(this.root, "left"), left > 0 ? text("desk.js.wrapup.left", clockOf(left + 500)) : text("desk.js.wrapup.over"));
      wrap.dataset.near = left < 30_000 ? "1" : "";
    }
    this.#stream(m);
  }

  /** @param {Model} m */
  #stream(m) {
    const e = part(this.root, "stream");
    e.dataset.state = m.stream.state;
    switch (m.stream.state) {
      case "live": put(e, text("desk.js.stream.live")); break;
      case "stale": put(e, text("desk.js.stream.stale", timeOf(m.stream.since))); break;
      case "ended": put(e, text("desk.js.stream.ended")); break;
      default: put(e, text("desk.js.stream.connecting"));
    }
  }

  /**
   * @param {{ring1: string, cycle_ms: number}|null} longest the call that waits longest in a queue of this agent
   * @param {number} waiting
   */
  queue(longest, waiting) {
    put(part(this.root, "queue"), waiting > 0 ? text("desk.js.queue.waiting", waiting) : text("desk.js.queue.none"));
    this.longest.hidden = !longest;
    if (!longest) return;
    attribute(this.longest, "data-cycle-ms", String(longest.cycle_ms));
    attribute(this.longest, "data-ring1", longest.ring1);
  }

  /** @param {number} count of hand-overs offered to this agent */
  hands(count) {
    const e = part(this.root, "hands");
    e.hidden = count === 0;
    if (count > 0) put(e, text("desk.js.hands", count));
  }

  /** @param {string} words @param {"good"|"warn"|"bad"} kind */
  phone(words, kind) {
    const e = part(this.root, "phone");
    put(e, words);
    e.dataset.kind = kind;
  }

  /** @param {boolean} open */
  showReasons(open) {
    this.menu.hidden = !open;
    attribute(this.button, "aria-expanded", String(open));
    if (open) this.#items()[0]?.focus();
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...this.menu.children]);
  }

  /** Arrow keys, Home and End move through the reasons; Escape and a click elsewhere close them. @param {(reason: string) => void} pause */
  #moveInMenu(pause) {
    this.menu.addEventListener("keydown", (e) => {
      const items = this.#items();
      const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      /** @type {Record<string, number>} */
      const steps = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 };
      if (e.key in steps) items[steps[e.key]]?.focus();
      else if (e.key === "Escape") {
        this.showReasons(false);
        this.button.focus();
      } else if (e.key === "Tab") {
        this.showReasons(false);
        return;
      } else return;
      e.preventDefault();
      e.stopPropagation();
    });
    this.menu.addEventListener("click", (e) => {
      const reason = e.target instanceof HTMLElement ? e.target.dataset.reason : undefined;
      if (!reason) return;
      this.showReasons(false);
      this.button.focus();
      pause(reason);
    });
    document.addEventListener("click", (e) => {
      if (!this.menu.hidden && e.target instanceof Node && !this.root.querySelector(".desk-menu")?.contains(e.target)) this.showReasons(false);
    });
  }
}

/** @param {number} at milliseconds since 1970 */
function timeOf(at) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
}

/** @param {View|null} v @returns {string} the words of an unreachable phone's reason */
export function unreachableWords(v) {
  return v?.reason && v.reason !== "phone-down" ? v.reason : text("desk.js.state.unreachable");
}
