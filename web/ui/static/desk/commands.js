// @ts-check
// What the buttons and keys of the desk ask of the server and of the phone.

import { message } from "../app.js";
import { text } from "../texts.js";
import { Refusal, call, post } from "./api.js";

/** @typedef {import("./handover.js").HandTarget} HandTarget */

export class Commands {
  /**
   * @param {string} me login
   * @param {import("./phone.js").Phone} phone
   * @param {() => import("./types.js").Model} model
   */
  constructor(me, phone, model) {
    this.me = me;
    this.phone = phone;
    this.model = model;
    /** @type {Set<string>} */
    this.busy = new Set();
  }

  /** Does one thing at a time of a kind, and tells a refusal in the server's words. @param {string} name @param {() => Promise<unknown>} work */
  async run(name, work) {
    if (this.busy.has(name)) return false;
    this.busy.add(name);
    try {
      await work();
      return true;
    } catch (e) {
      told(e);
      return false;
    } finally {
      this.busy.delete(name);
    }
  }

  /** @param {"ready"|"paused"|"offline"} state @param {string} [reason] */
  stand(state, reason) {
    return this.run("state", () => post(`/agents/${encodeURIComponent(this.me)}/state`, reason ? { state, reason } : { state }));
  }

  /** @returns {string} path of the call that is talked on or offered */
  #call() {
    const m = this.model();
    return `/calls/${encodeURIComponent(m.call?.call ?? m.pop?.call ?? "")}`;
  }

  /** The switch is told first, so that the journal has the reason; the phone's own refusal ends the ringing at once. @param {string} reason @param {string} note */
  async decline(reason, note) {
    const path = this.#call();
    await this.run("decline", async () => {
      try {
        const out = this.model().pop?.why === "out"; // nobody waits for an answer: the phone's refusal is all
        if (!out && (this.model().pop?.id || this.model().call?.offered)) await post(`${path}/decline`, { reason, ...(note ? { note } : {}) });
      } finally {
        await this.phone.decline();
      }
    });
  }

  hold() {
    const held = this.model().call?.held;
    return this.run("hold", () => post(`${this.#call()}/${held ? "resume" : "hold"}`));
  }

  /** Ends the call by the server; when that does not work, the phone hangs up itself. Who only helps or listens leaves. */
  async end() {
    const path = this.#call();
    const talk = this.phone.talk;
    if (["monitor", "out"].includes(this.model().call?.as ?? "") && talk) return this.phone.hangUp();
    if (this.model().call?.as === "expert") return void this.letExpertGo();
    try {
      await post(`${path}/hangup`);
    } catch (e) {
      if (!talk) told(e);
      await this.phone.hangUp();
      return;
    }
    if (talk) setTimeout(() => this.phone.talk === talk && this.phone.hangUp(), 3000);
  }

  /** Rejects with a Refusal, which the dialog shows. @param {"hand"|"expert"} mode @param {HandTarget} to */
  async offer(mode, to) {
    if (mode === "expert") {
      await post(`${this.#call()}/expert`, { agent: to.name, ...(to.note ? { note: to.note } : {}) });
      return;
    }
    const target = to.kind === "manager" ? { manager: true } : to.kind === "queue" ? { queue: to.name } : { agent: to.name };
    await post(`${this.#call()}/handover`, { ...target, ...(to.note ? { note: to.note } : {}) });
  }

  takeBack() {
    return this.run("takeback", () => post(`${this.#call()}/takeback`));
  }

  letExpertGo() {
    return this.run("expert", () => call("DELETE", `${this.#call()}/expert`));
  }

  /** An expert who is in the talk takes the call that its talker offers. */
  accept() {
    return this.run("accept", () => post(`${this.#call()}/accept`));
  }

  /** The page was loaded anew in a talk: the caller need not wait until the switch notices. @param {string} id of the call */
  async lostPhone(id) {
    await post(`/calls/${encodeURIComponent(id)}/phone-lost`).catch(() => undefined); // the switch has noticed already, or the call is over
  }

  extend() {
    const id = this.model().view?.call ?? "";
    return this.run("extend", () => post(`/calls/${encodeURIComponent(id)}/wrapup/extend`));
  }

  /** @param {string} push id */
  async acknowledge(push) {
    await post(`/pops/${encodeURIComponent(push)}/ack`).catch(() => undefined); // another window was first, or the call is over
  }

  /** @param {boolean} active */
  async beat(active) {
    await post("/desk/heartbeat", { active }).catch(() => undefined); // the stream tells when the server is gone
  }
}

/** @param {unknown} e */
function told(e) {
  if (e instanceof Refusal && e.status > 0) message(e.message, e.advice, "trouble");
  else message(text("desk.js.trouble.unreached"), text("desk.js.trouble.tryagain"), "trouble");
}
