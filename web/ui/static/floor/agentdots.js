// @ts-check
// A queue's agents, grouped by state: each state has a colour, a shape and a word, with the time of who has been in it longest, and,
// where there is room, every agent by name.

import { text, word } from "../texts.js";
import { span } from "./time.js";
import { el, say } from "./dom.js";

/** @typedef {import("./model.js").Agent} Agent */

/** The states as they are shown, in their order; offered and ringing are one to the eye. */
const GROUPS = ["ready", "ringing", "talking", "wrapup", "paused", "unreachable"];

/** One shape a state, so that nobody needs its colour. @type {Record<string, string>} */
export const SHAPES = { ready: "●", ringing: "◐", talking: "■", wrapup: "◆", paused: "‖", unreachable: "✕", offline: "○" };

/** @param {string} state */
export function groupOf(state) {
  return state === "offered" ? "ringing" : state === "" ? "offline" : state;
}

export class AgentDots {
  constructor() {
    this.root = el("ul", "wall-agents");
    this.nobody = el("li", "wall-sub", text("floor.js.noagents"));
    /** @type {Map<string, {root: HTMLElement, head: HTMLElement, list: HTMLElement}>} */
    this.groups = new Map(GROUPS.map((state) => {
      const root = el("li", `wall-group state-${state}`);
      const head = el("span", "wall-group-head");
      const list = el("span", "wall-group-names");
      root.append(head, list);
      return [state, { root, head, list }];
    }));
  }

  /**
   * @param {Agent[]} team
   * @param {{now: number, names: Record<string, string>}} at
   * @param {number} step density of the board
   */
  paint(team, at, step) {
    const shown = [];
    for (const [state, g] of this.groups) {
      const there = team.filter((a) => groupOf(a.state) === state).sort((a, b) => a.since - b.since);
      if (there.length === 0) continue;
      shown.push(g.root);
      const longest = span(at.now - there[0].since);
      const name = word("floor.js.state.", state);
      say(g.head, step > 10 ? `${SHAPES[state]} ${there.length} ${longest}` : `${SHAPES[state]} ${there.length} ${name} ${longest}`);
      g.root.title = name;
      const names = step > 6 ? [] : there.slice(0, step === 1 ? 12 : step === 3 ? 5 : 2);
      this.#names(g.list, names, at, there.length - names.length);
    }
    if (shown.length === 0) shown.push(this.nobody);
    const same = shown.length === this.root.children.length && shown.every((e, i) => e === this.root.children[i]);
    if (!same) this.root.replaceChildren(...shown);
  }

  /**
   * @param {HTMLElement} list
   * @param {Agent[]} agents
   * @param {{now: number, names: Record<string, string>}} at
   * @param {number} more
   */
  #names(list, agents, at, more) {
    const want = agents.map((a) => `${at.names[a.login] ?? a.login} ${span(at.now - a.since)}`);
    if (agents.length > 0 && more > 0) want.push(`+${more}`);
    while (list.children.length > want.length) list.lastElementChild?.remove();
    want.forEach((words, i) => {
      const at = list.children[i] ?? list.appendChild(el("span", "wall-agent"));
      say(/** @type {HTMLElement} */ (at), words);
    });
  }
}
