// @ts-check
// The selected call: its timeline, live, and what a supervisor can do with it. Every use is kept in the audit log by the API.

import { text, word } from "../texts.js";
import { byId, el, openDialog, say } from "./dom.js";
import { done, order } from "./orders.js";

/** @typedef {"listen" | "whisper" | "barge"} Mode */

export class CallPanel {
  /**
   * @param {import("./supervise.js").Setup} setup
   * @param {import("./feed.js").Feed} feed
   */
  constructor(setup, feed) {
    this.setup = setup;
    this.feed = feed;
    this.call = "";
    /** What is being listened to, and how. */
    this.monitored = "";
    /** @type {Mode | ""} */
    this.mode = "";
    this.cannot = setup.cannot_listen ?? "";
    this.drawing = 0;
    this.panel = byId("call-panel");
    const queues = /** @type {HTMLSelectElement} */ (byId("move-queue"));
    queues.append(...setup.queues.map((q) => Object.assign(el("option", "", q.title), { value: q.name })));
    for (const button of this.panel.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => void this.#monitor(/** @type {Mode} */ (/** @type {HTMLElement} */ (button).dataset.mode)));
    }
    byId("take-over").addEventListener("click", () => openDialog("take-sure"));
    byId("take-form").addEventListener("submit", (e) => { e.preventDefault(); void this.#takeOver(/** @type {HTMLFormElement} */ (e.target)); });
    byId("stop-monitor").addEventListener("click", () => void this.#stop());
    byId("move").addEventListener("click", () => void this.#move(queues.value));
    byId("end").addEventListener("click", () => openDialog("end-sure"));
    byId("end-yes").addEventListener("click", () => void this.#end());
    byId("owner-form").addEventListener("submit", (e) => { e.preventDefault(); void this.#owner(/** @type {HTMLFormElement} */ (e.target)); });
  }

  /** @param {string} id */
  show(id) {
    this.call = id;
    byId("call-none").hidden = true;
    this.panel.hidden = false;
    byId("call-picture").replaceChildren();
    /** @type {HTMLAnchorElement} */ (byId("call-link")).href = `/calls/${encodeURIComponent(id)}`;
    void this.#draw();
    this.paint();
    if (matchMedia("(max-width: 900px)").matches) this.panel.scrollIntoView({ block: "start" });
  }

  /** @param {import("./model.js").FloorEvent} e */
  event(e) {
    if (e.call !== this.call || !this.call) return;
    clearTimeout(this.drawing);
    this.drawing = window.setTimeout(() => void this.#draw(), 120);
  }

  paint() {
    if (!this.call) return;
    const c = this.feed.model?.calls.get(this.call);
    const talking = Boolean(c?.agent);
    say(byId("call-title"), c ? `${c.number || text("floor.js.anonymous")}` : text("floor.js.call.over"));
    const why = !c ? text("floor.js.call.over") : this.cannot || (talking ? "" : text("floor.js.monitor.nobody"));
    for (const button of this.panel.querySelectorAll("[data-mode], #take-over")) {
      const b = /** @type {HTMLButtonElement} */ (button);
      b.disabled = why !== "";
      b.setAttribute("aria-pressed", String(this.monitored === this.call && b.dataset.mode === this.mode));
    }
    say(byId("monitor-why"), why);
    byId("stop-monitor").hidden = this.monitored === "";
    /** @type {HTMLButtonElement} */ (byId("move")).disabled = !c?.waiting || talking;
    /** @type {HTMLButtonElement} */ (byId("end")).disabled = !c;
    const owner = /** @type {HTMLFormElement} */ (byId("owner-form"));
    owner.hidden = !c?.case;
    if (c?.case) say(byId("owner-case"), c.case);
    if (!c && this.monitored === this.call) { this.monitored = ""; this.mode = ""; }
  }

  async #draw() {
    const id = this.call;
    const answer = await fetch(`/calls/${encodeURIComponent(id)}/picture`, { headers: { "HX-Request": "true" }, cache: "no-store" }).catch(() => undefined);
    if (!answer?.ok || id !== this.call) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("picture");
    if (!fresh) return;
    fresh.removeAttribute("id");
    fresh.classList.remove("card");
    byId("call-picture").replaceChildren(fresh);
  }

  /** @param {Mode} mode */
  async #monitor(mode) {
    if (this.monitored && this.monitored !== this.call) await this.#stop();
    const { ok, problem } = await order(this.monitored === this.call ? "PATCH" : "POST", `/calls/${encodeURIComponent(this.call)}/monitor`, { mode });
    if (ok) { this.monitored = this.call; this.mode = mode; done(word("floor.js.monitor.done.", mode)); }
    if (problem?.code === "unsupported") this.cannot = problem.detail;
    this.paint();
  }

  async #stop() {
    const { ok } = await order("DELETE", `/calls/${encodeURIComponent(this.monitored)}/monitor`);
    if (ok) { this.monitored = ""; this.mode = ""; }
    this.paint();
  }

  /** @param {HTMLFormElement} form */
  async #takeOver(form) {
    const reason = String(new FormData(form).get("reason") ?? "");
    const { ok, problem } = await order("POST", `/calls/${encodeURIComponent(this.call)}/takeover`, { reason });
    /** @type {HTMLDialogElement} */ (byId("take-sure")).close();
    form.reset();
    if (ok) { this.monitored = ""; this.mode = ""; done(text("floor.js.takeover.done")); }
    if (problem?.code === "unsupported") this.cannot = problem.detail;
    this.paint();
  }

  /** @param {string} queue */
  async #move(queue) {
    if (queue && (await order("POST", `/calls/${encodeURIComponent(this.call)}/move`, { queue })).ok) done(text("floor.js.moved"));
  }

  async #end() {
    if ((await order("POST", `/calls/${encodeURIComponent(this.call)}/hangup`)).ok) done(text("floor.js.ended"));
  }

  /** @param {HTMLFormElement} form */
  async #owner(form) {
    const c = this.feed.model?.calls.get(this.call);
    if (!c?.case) return;
    const fields = new FormData(form);
    const { ok } = await order("POST", `/cases/${encodeURIComponent(c.case)}/owner`, { to: String(fields.get("to") ?? ""), reason: String(fields.get("reason") ?? "") });
    if (ok) { form.reset(); done(text("floor.js.owner.done")); }
  }
}
