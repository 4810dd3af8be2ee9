// @ts-check
// The selected agent: change their state with a reason, their skills and levels.

import { text, word } from "../texts.js";
import { groupOf, SHAPES } from "./agentdots.js";
import { byId, el, openDialog, say } from "./dom.js";
import { done, order } from "./orders.js";

export class AgentPanel {
  /**
   * @param {import("./supervise.js").Setup} setup
   * @param {import("./feed.js").Feed} feed
   */
  constructor(setup, feed) {
    this.setup = setup;
    this.feed = feed;
    this.login = "";
    this.version = 0;
    const reasons = /** @type {HTMLSelectElement} */ (byId("state-reason"));
    reasons.append(...(setup.pauses ?? []).map((p) => Object.assign(el("option", "", p.text), { value: p.code })));
    const state = /** @type {HTMLSelectElement} */ (byId("state-to"));
    state.addEventListener("change", () => { byId("state-reason-field").hidden = state.value !== "paused"; });
    byId("state-form").addEventListener("submit", (e) => { e.preventDefault(); void this.#state(/** @type {HTMLFormElement} */ (e.target)); });
    byId("skills-form").addEventListener("submit", (e) => { e.preventDefault(); void this.#skills(); });
    byId("skill-add").addEventListener("click", () => this.#row("", 1));
  }

  /** @param {string} login */
  show(login) {
    this.login = login;
    byId("skills-rows").replaceChildren();
    void this.#load(login);
    this.paint();
    openDialog("agent");
  }

  paint() {
    const a = this.feed.model?.agents.get(this.login);
    if (!a) return;
    const state = groupOf(a.state);
    say(byId("agent-title"), this.feed.names[a.login] ?? a.login);
    say(byId("agent-state"), `${SHAPES[state]} ${word("floor.js.state.", state)}`);
    const lacks = byId("agent-lacks");
    lacks.hidden = !a.lacks;
    if (a.lacks) say(lacks, text("floor.js.agent.lacks", a.lacks.split(" ").join(", ")));
    const serves = a.queues.map((l) => `${this.setup.queues.find((q) => q.name === l.queue)?.title ?? l.queue} ${l.level}`).join(" · ");
    say(byId("agent-queues"), serves || text("floor.js.agent.noqueues"));
  }

  /** @param {string} login */
  async #load(login) {
    const answer = await fetch(`/supervise/skills/${encodeURIComponent(login)}`, { cache: "no-store" }).catch(() => undefined);
    if (!answer?.ok || login !== this.login) return;
    /** @type {{skills: Record<string, number>, version: number}} */
    const known = await answer.json();
    this.version = known.version;
    const rows = Object.entries(known.skills);
    for (const [name, level] of rows) this.#row(name, level);
    if (rows.length === 0) this.#row("", 1);
  }

  /**
   * @param {string} name
   * @param {number} level
   */
  #row(name, level) {
    const row = el("p", "skill-row");
    const skill = Object.assign(el("input"), { value: name, maxLength: 64, name: "skill" });
    skill.setAttribute("aria-label", text("floor.js.skill"));
    const at = Object.assign(el("input"), { type: "number", min: "0", max: "9", value: String(level), name: "level" });
    at.setAttribute("aria-label", text("floor.js.level"));
    row.append(skill, at);
    byId("skills-rows").append(row);
  }

  async #skills() {
    /** @type {Record<string, number>} */
    const skills = {};
    for (const row of byId("skills-rows").children) {
      const [skill, level] = /** @type {HTMLInputElement[]} */ ([...row.querySelectorAll("input")]);
      if (skill.value.trim()) skills[skill.value.trim()] = Number(level.value); // 0 takes it away
    }
    const reason = /** @type {HTMLInputElement} */ (byId("skills-reason")).value;
    if ((await order("PATCH", `/agents/${encodeURIComponent(this.login)}/skills`, { skills, reason, version: this.version })).ok) {
      done(text("floor.js.skills.done"));
      byId("skills-rows").replaceChildren();
      void this.#load(this.login);
    }
  }

  /** @param {HTMLFormElement} form */
  async #state(form) {
    const f = new FormData(form);
    const state = String(f.get("state"));
    const body = { state, reason: state === "paused" ? String(f.get("reason") ?? "") : "", note: String(f.get("note") ?? "") };
    if ((await order("POST", `/agents/${encodeURIComponent(this.login)}/state`, body)).ok) {
      form.reset();
      byId("state-reason-field").hidden = true;
      done(text("floor.js.state.done"));
    }
  }
}
