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

/** The zone in which times are shown and typed: that of the house or of the engineer's settings, not what the phone is set to. @type {string | undefined} */
let zone;

/** @param {string | undefined} name a zone that this browser does not know leaves the phone's */
export function setZone(name) {
  try {
    zone = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    zone = undefined;
  }
}

/** @param {string | undefined} at */
export function clock(at) {
  return at ? new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }) : "–";
}

/** @param {string | undefined} at */
export function day(at) {
  return at ? new Date(at).toLocaleDateString(document.documentElement.lang, { month: "numeric", day: "numeric", weekday: "short", timeZone: zone }) : "–";
}

/** An instant for a field of type datetime-local. @param {Date} at */
export function local(at) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .format(at).replace(" ", "T");
}

/** The instant that a field of type datetime-local means. @param {string} typed */
export function instant(typed) {
  const wall = Date.parse(`${typed}Z`);
  let at = wall;
  // The zone's distance is that of the instant looked for; the second look is right also beside a change of the clocks.
  for (let look = 0; look < 2; look++) at = wall - (Date.parse(`${local(new Date(at))}Z`) - at);
  return new Date(at);
}
