// @ts-check
// Small things about the page's elements.

import { text } from "../texts.js";

/**
 * The element of an id; the templates have it, or nothing works.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const e = document.getElementById(id);
  if (!(e instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return e;
}

/** The part of a block that is named by data-part. @param {Element} root @param {string} name @returns {HTMLElement} */
export function part(root, name) {
  const e = root.querySelector(`[data-part="${name}"]`);
  if (!(e instanceof HTMLElement)) throw new Error(`#${root.id} has no part ${name}`);
  return e;
}

/** Sets text where it changed, so that screen readers and selections are left alone. @param {Element} e @param {string} s */
export function put(e, s) {
  if (e.textContent !== s) e.textContent = s;
}

/** @param {import("./words.js").Saying} s */
export function tell(s) {
  return text(s.key, ...s.args);
}

/** @param {Element} e @param {string} name @param {string|null} value */
export function attribute(e, name, value) {
  if (value === null) {
    if (e.hasAttribute(name)) e.removeAttribute(name);
  } else if (e.getAttribute(name) !== value) {
    e.setAttribute(name, value);
  }
}

/**
 * A button that cannot be used now stays reachable and says why: aria-disabled instead of disabled.
 * @param {Element} button
 * @param {import("./enabled.js").Ability} ability
 */
export function able(button, ability) {
  attribute(button, "aria-disabled", ability.on ? null : "true");
  attribute(button, "title", ability.on ? null : text(ability.why));
}

/** @param {string} tag @param {string} className @param {string} [words] */
export function make(tag, className, words) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (words !== undefined) e.textContent = words;
  return e;
}

/** Opens a dialog once. @param {HTMLDialogElement} d */
export function show(d) {
  if (!d.open) d.showModal();
}

/** Whether text is written where the focus is. @param {Element|null} e */
export function isTyping(e) {
  if (!e) return false;
  if (e instanceof HTMLInputElement) return !["button", "checkbox", "radio", "range", "submit", "reset", "file"].includes(e.type);
  return e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLElement && e.isContentEditable);
}

/** The shape and colour of a state, as the design system has them. @param {string} state */
export function shapeOf(state) {
  switch (state) {
    case "ready": case "talking": case "wrapup": case "paused": return state;
    case "offered": case "ringing": return "ringing";
  }
  return "offline";
}
