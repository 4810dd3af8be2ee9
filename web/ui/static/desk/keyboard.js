// @ts-check
// Listens to the keys of the whole page and names what they mean (keymap.js).

import { isTyping } from "./parts.js";
import { actionOf } from "./keymap.js";

/**
 * @param {() => {pop: boolean, talking: boolean, wrapup: boolean, keypad: boolean, letters: boolean}} place
 * @param {(action: import("./keymap.js").KeyAction, digit: string) => void} act
 */
export function listen(place, act) {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented) return;
    const at = document.activeElement;
    const found = actionOf(
      { key: e.key, code: e.code, alt: e.altKey, ctrl: e.ctrlKey, meta: e.metaKey, repeat: e.repeat, composing: e.isComposing },
      { ...place(), typing: isTyping(at), control: at?.closest("#desk-pop button") instanceof Element, dialog: document.querySelector("dialog[open], [role=menu]:not([hidden])") !== null },
    );
    if (!found) return;
    e.preventDefault();
    if (e.key === " ") document.addEventListener("keyup", (up) => up.preventDefault(), { once: true }); // some browsers press buttons then
    act(found.action, found.digit ?? "");
  });
}

/**
 * Arrow keys move along a toolbar, and only one of its buttons is a stop of Tab (WAI-ARIA toolbar pattern).
 * @param {HTMLElement} bar
 */
export function rove(bar) {
  const stops = () => /** @type {HTMLElement[]} */ ([...bar.querySelectorAll("button")]).filter((b) => !b.hidden);
  const select = (/** @type {HTMLElement} */ to) => {
    for (const b of stops()) b.tabIndex = b === to ? 0 : -1;
  };
  const first = stops()[0];
  if (first) select(first);
  bar.addEventListener("focusin", (e) => e.target instanceof HTMLElement && select(e.target));
  bar.addEventListener("keydown", (e) => {
    const all = stops();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: (at + 1) % all.length, ArrowLeft: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
    if (at < 0 || !(e.key in steps) || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    all[steps[e.key]]?.focus();
  });
}
