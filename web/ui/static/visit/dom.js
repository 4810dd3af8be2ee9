// @ts-check
/**
 * Makes an element. Properties that begin with "on" are listeners; text is never markup.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string | undefined | null | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "required") /** @type {any} */ (el)[name] = value;
    else el.setAttribute(name, value === true ? "" : String(value));
  }
  el.append(...children.filter((c) => c !== undefined && c !== null && c !== false).map((c) => /** @type {Node | string} */ (c)));
  return el;
}

/** @param {string | undefined} at */
export function clock(at) {
  return at ? new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }) : "–";
}

/** @param {string | undefined} at */
export function day(at) {
  return at ? new Date(at).toLocaleDateString(document.documentElement.lang, { month: "numeric", day: "numeric", weekday: "short" }) : "–";
}

/** An instant for a field of type datetime-local, in the phone's zone. @param {Date} at */
export function local(at) {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
