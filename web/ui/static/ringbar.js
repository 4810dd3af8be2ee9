// @ts-check
import { now } from "./clock.js";
import { text } from "./texts.js";

/**
 * <ring-bar data-ring1="RFC3339" data-cycle-ms="5000" data-rings="3"> fills one segment a ring, in real time, from the instant of
 * ring 1 by the server's clock; past the budget it is hatched and counts up. data-frozen-ms stops it at that many ms, for a call
 * that was answered or abandoned. Beside it stands the count in words: past the budget by how much, with data-plain (for callers, who
 * know nothing of a budget) the ring as before. The class "ring-large" makes it the width of a screen pop.
 */
class RingBar extends HTMLElement {
  static observedAttributes = ["data-ring1", "data-cycle-ms", "data-rings", "data-frozen-ms"];

  /** @type {HTMLElement[]} */
  #fills = [];
  #words = document.createElement("span");
  #said = "";
  #ring1 = NaN;
  #cycle = 5000;
  #rings = 3;
  #frozen = NaN;

  connectedCallback() {
    this.#build();
    live.add(this);
    beat();
  }

  disconnectedCallback() {
    live.delete(this);
  }

  /** @param {string} name @param {string | null} old @param {string | null} fresh */
  attributeChangedCallback(name, old, fresh) {
    if (this.isConnected && old !== fresh) this.#build();
  }

  #build() {
    this.#ring1 = Date.parse(this.dataset.ring1 ?? "");
    this.#cycle = Number(this.dataset.cycleMs) || 5000;
    this.#rings = Math.min(Math.max(Math.trunc(Number(this.dataset.rings)) || 3, 1), 12);
    this.#frozen = this.dataset.frozenMs === undefined ? NaN : Number(this.dataset.frozenMs);
    const track = document.createElement("span");
    track.className = "ring-track";
    track.setAttribute("aria-hidden", "true");
    this.#fills = [];
    for (let i = 0; i < this.#rings; i++) {
      const segment = document.createElement("span");
      segment.className = "ring-segment";
      const fill = document.createElement("i");
      segment.append(fill);
      track.append(segment);
      this.#fills.push(fill);
    }
    this.#words.className = "ring-words";
    this.#said = "";
    this.replaceChildren(track, this.#words);
    this.paint();
  }

  /** Draws the present moment. What did not change is not touched. */
  paint() {
    const passed = Number.isNaN(this.#frozen) ? now() - this.#ring1 : this.#frozen;
    if (Number.isNaN(passed)) return;
    const ms = Math.max(passed, 0);
    const ring = Math.floor(ms / this.#cycle) + 1;
    const over = ms >= this.#cycle * this.#rings;
    const state = over ? "over" : String(this.#colour(ring));
    if (this.dataset.ring !== state) this.dataset.ring = state;
    const coarse = still.matches && Number.isNaN(this.#frozen);
    for (const [i, fill] of this.#fills.entries()) {
      let share = Math.min(Math.max(ms / this.#cycle - i, 0), 1);
      if (coarse) share = Math.floor(share * 5) / 5; // without motion: a step a second
      const value = share.toFixed(3);
      if (fill.style.getPropertyValue("--fill") !== value) fill.style.setProperty("--fill", value);
    }
    const seconds = coarse ? String(Math.floor(ms / 1000)) : (Math.floor(ms / 100) / 10).toFixed(1);
    const beyond = (ms - this.#cycle * this.#rings) / 1000;
    const words = over && this.dataset.plain === undefined ? text("ui.js.ring.over", coarse ? String(Math.floor(beyond)) : (Math.floor(beyond * 10) / 10).toFixed(1)) : text("ui.js.ring", ring, seconds);
    if (words !== this.#said) {
      this.#said = words;
      this.#words.textContent = words;
    }
  }

  /** The last ring is red, the one before amber, the others calm. @param {number} ring */
  #colour(ring) {
    return Math.max(1, Math.min(3, 3 - (this.#rings - ring)));
  }
}

/** All bars on the page share one timer. @type {Set<RingBar>} */
const live = new Set();
const still = matchMedia("(prefers-reduced-motion: reduce)");
let beating = false;

function beat() {
  if (beating) return;
  beating = true;
  const tick = () => {
    if (live.size === 0) {
      beating = false;
      return;
    }
    if (!document.hidden) for (const bar of live) bar.paint();
    setTimeout(() => requestAnimationFrame(tick), 90);
  };
  requestAnimationFrame(tick);
}

customElements.define("ring-bar", RingBar);
