// @ts-check
// To whom a call is handed over, or who is asked to join it. Typing finds; arrows choose; Enter sends.

import { now } from "../clock.js";
import { text } from "../texts.js";
import { Refusal } from "./api.js";
import { byId, make, part, put, shapeOf, show } from "./parts.js";
import { matching } from "./search.js";
import { clockOf, stateKey } from "./words.js";

/** @typedef {{kind: "agent"|"queue"|"manager", name: string, note: string}} HandTarget */

export class HandDialog {
  /**
   * @param {import("./people.js").People} people
   * @param {string} me login
   * @param {(mode: "hand"|"expert", to: HandTarget) => Promise<void>} send rejects with a Refusal, which is shown
   */
  constructor(people, me, send) {
    this.people = people;
    this.me = me;
    this.dialog = byId("hand-dialog", HTMLDialogElement);
    this.form = /** @type {HTMLFormElement} */ (this.dialog.querySelector("form"));
    this.search = byId("hand-search", HTMLInputElement);
    this.list = byId("hand-list", HTMLElement);
    this.note = byId("hand-note", HTMLTextAreaElement);
    /** @type {"hand"|"expert"} */
    this.mode = "hand";
    this.chosen = "";
    this.search.addEventListener("input", () => this.#fill());
    this.search.addEventListener("keydown", (e) => this.#move(e));
    this.list.addEventListener("click", (e) => this.#choose(e.target instanceof Element ? e.target.closest("[role=option]") : null));
    this.form.addEventListener("change", () => this.#kind());
    this.form.addEventListener("submit", async (e) => {
      e.preventDefault();
      await this.#send(send);
    });
  }

  /** @param {"hand"|"expert"} mode */
  open(mode) {
    this.mode = mode;
    this.form.reset();
    this.chosen = "";
    put(part(this.dialog, "title"), text(mode === "hand" ? "desk.js.hand.title" : "desk.js.expert.title"));
    put(part(this.dialog, "rule"), text(mode === "hand" ? "desk.js.hand.rule" : "desk.js.expert.rule"));
    put(part(this.dialog, "send"), text(mode === "hand" ? "desk.js.hand.send" : "desk.js.expert.send"));
    part(this.dialog, "kinds").hidden = mode === "expert";
    this.#trouble("");
    this.#kind();
    show(this.dialog);
    this.search.focus();
    this.refresh();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** Reads who is there now. */
  async refresh() {
    if (!this.dialog.open) return;
    await Promise.allSettled([this.people.readAgents(), this.people.readQueues()]);
    if (this.dialog.open) this.#fill();
  }

  /** @returns {"agent"|"queue"|"manager"} */
  get kind() {
    const k = /** @type {HTMLInputElement|null} */ (this.form.querySelector('input[name="kind"]:checked'))?.value;
    return this.mode === "expert" ? "agent" : k === "queue" || k === "manager" ? k : "agent";
  }

  #kind() {
    const manager = this.kind === "manager";
    part(this.dialog, "search").hidden = manager;
    part(this.dialog, "manager").hidden = !manager;
    this.#fill();
  }

  #fill() {
    const items = this.kind === "queue" ? this.#queues() : this.#agents();
    if (!items.some((i) => i.dataset.name === this.chosen)) this.chosen = items.find((i) => i.dataset.free === "1")?.dataset.name ?? "";
    this.list.replaceChildren(...items);
    part(this.dialog, "none").hidden = items.length > 0;
    this.#mark();
  }

  #agents() {
    const all = [...this.people.agents.values()].filter((v) => v.login !== this.me);
    return matching(all, this.search.value).map((v) => {
      const li = this.#option(v.login, v.state === "ready");
      li.append(make("span", `shape shape-${shapeOf(v.state)}`), make("span", "hand-name", v.name || v.login), make("span", "quiet", v.team ?? ""));
      li.append(make("span", "hand-state quiet num", `${text(stateKey(v.state))} ${clockOf(now() - Date.parse(v.since))}`));
      return li;
    });
  }

  #queues() {
    const want = this.search.value.trim().toLowerCase();
    return this.people.queues.filter((q) => !want || q.queue.toLowerCase().includes(want) || this.people.title(q.queue).toLowerCase().includes(want)).map((q) => {
      const li = this.#option(q.queue, true);
      li.append(make("span", "hand-name", this.people.title(q.queue)), make("span", "hand-state quiet num", text("desk.js.hand.waiting", q.waiting)));
      return li;
    });
  }

  /** @param {string} name @param {boolean} free */
  #option(name, free) {
    const li = make("li", "hand-option");
    li.id = `hand-option-${name.replace(/[^A-Za-z0-9_-]/g, "_")}`;
    li.setAttribute("role", "option");
    li.dataset.name = name;
    li.dataset.free = free ? "1" : "";
    return li;
  }

  /** @param {Element|null} option */
  #choose(option) {
    if (!(option instanceof HTMLElement)) return;
    this.chosen = option.dataset.name ?? "";
    this.#mark();
    this.search.focus();
  }

  #mark() {
    let active = "";
    for (const li of this.list.children) {
      const on = li instanceof HTMLElement && li.dataset.name === this.chosen;
      li.setAttribute("aria-selected", String(on));
      if (on) {
        active = li.id;
        li.scrollIntoView({ block: "nearest" });
      }
    }
    this.search.setAttribute("aria-activedescendant", active);
  }

  /** @param {KeyboardEvent} e */
  #move(e) {
    const items = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const at = items.findIndex((i) => i.dataset.name === this.chosen);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: Math.min(at + 1, items.length - 1), ArrowUp: Math.max(at - 1, 0) };
    if (!(e.key in steps) || items.length === 0) return;
    e.preventDefault();
    this.#choose(items[steps[e.key]]);
  }

  /** @param {(mode: "hand"|"expert", to: HandTarget) => Promise<void>} send */
  async #send(send) {
    const kind = this.kind;
    if (kind !== "manager" && !this.chosen) return this.#trouble(text("desk.js.hand.choose"));
    const button = part(this.dialog, "send");
    button.setAttribute("aria-disabled", "true");
    try {
      await send(this.mode, { kind, name: kind === "manager" ? "" : this.chosen, note: this.note.value.trim() });
      this.close();
    } catch (e) {
      this.#trouble(e instanceof Refusal && e.status > 0 ? `${e.message} ${e.advice}` : text("desk.js.trouble.unreached"));
      this.refresh();
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  /** @param {string} words */
  #trouble(words) {
    const p = part(this.dialog, "trouble");
    p.hidden = words === "";
    put(p, words);
  }
}
