// @ts-check
// Which key does what. One letter acts only when nobody types; with Alt it acts always. Alt goes by the place of the key, because
// Alt+M writes "µ" on some keyboards.

/** @typedef {"answer"|"decline"|"mute"|"hold"|"keypad"|"handover"|"conference"|"end"|"ready"|"pause"|"check"|"extend"|"help"|"digit"} KeyAction */

/**
 * @typedef {object} Press
 * @property {string} key
 * @property {string} code
 * @property {boolean} [alt]
 * @property {boolean} [ctrl]
 * @property {boolean} [meta]
 * @property {boolean} [repeat]
 * @property {boolean} [composing] an input method is at work
 */

/**
 * @typedef {object} Place
 * @property {boolean} typing the focus is where text is written
 * @property {boolean} control the focus is on a button of the pop, which Space presses by itself; a call goes before any other button
 * @property {boolean} dialog a dialog has the keyboard
 * @property {boolean} pop a call is offered
 * @property {boolean} talking
 * @property {boolean} wrapup
 * @property {boolean} keypad the keypad is open: digits are sent to the caller
 * @property {boolean} letters single letters are switched on (WCAG 2.1.4)
 */

/** @typedef {{letter: string, code: string, action: KeyAction, when: "pop"|"call"|"wrapup"|"always"}} Binding */

/** @type {readonly Binding[]} */
export const bindings = Object.freeze([
  { letter: "a", code: "KeyA", action: "answer", when: "pop" },
  { letter: "d", code: "KeyD", action: "decline", when: "pop" },
  { letter: "m", code: "KeyM", action: "mute", when: "call" },
  { letter: "h", code: "KeyH", action: "hold", when: "call" },
  { letter: "k", code: "KeyK", action: "keypad", when: "call" },
  { letter: "t", code: "KeyT", action: "handover", when: "call" },
  { letter: "c", code: "KeyC", action: "conference", when: "call" },
  { letter: "e", code: "KeyE", action: "end", when: "call" },
  { letter: "w", code: "KeyW", action: "extend", when: "wrapup" },
  { letter: "r", code: "KeyR", action: "ready", when: "always" },
  { letter: "p", code: "KeyP", action: "pause", when: "always" },
  { letter: "v", code: "KeyV", action: "check", when: "always" },
]);

/**
 * @param {Press} p
 * @param {Place} at
 * @returns {{action: KeyAction, digit?: string}|null} null: the key is not ours
 */
export function actionOf(p, at) {
  if (p.composing || p.ctrl || p.meta || p.repeat) return null;
  if (p.alt) {
    const b = bindings.find((x) => x.code === p.code && applies(x.when, at));
    return b ? { action: b.action } : null;
  }
  if (at.typing || at.dialog) return null;
  if (p.key === " ") return at.pop && !at.control ? { action: "answer" } : null;
  if (p.key === "?") return { action: "help" };
  if (at.keypad && at.talking && /^[0-9*#]$/.test(p.key)) return { action: "digit", digit: p.key };
  if (!at.letters) return null;
  const b = bindings.find((x) => x.letter === p.key.toLowerCase() && applies(x.when, at));
  return b ? { action: b.action } : null;
}

/** @param {Binding["when"]} when @param {Place} at */
function applies(when, at) {
  return when === "always" || (when === "pop" ? at.pop : when === "call" ? at.talking : at.wrapup);
}
