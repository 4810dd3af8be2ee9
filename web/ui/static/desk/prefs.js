// @ts-check
// What one browser remembers of its user: devices, volumes, keys. Nothing secret; a browser that keeps nothing works with defaults.

/**
 * @typedef {object} Prefs
 * @property {string} microphone device id, "" for the system's choice
 * @property {string} speaker where the caller is heard
 * @property {string} ringer where it rings
 * @property {number} volume of the caller, 0 … 1
 * @property {number} ringVolume 0 … 1
 * @property {boolean} letters single letters act as keys
 */

const place = "hotline.desk";

/** @type {Readonly<Prefs>} */
const defaults = Object.freeze({ microphone: "", speaker: "", ringer: "", volume: 1, ringVolume: 0.6, letters: true });

/** @param {Storage|null} [store] @returns {Prefs} */
export function readPrefs(store = storage("localStorage")) {
  try {
    const kept = JSON.parse(store?.getItem(place) ?? "{}");
    /** @type {Prefs} */
    const p = { ...defaults };
    for (const key of /** @type {(keyof Prefs)[]} */ (Object.keys(defaults))) {
      if (typeof kept[key] === typeof defaults[key]) Object.assign(p, { [key]: kept[key] });
    }
    p.volume = share(p.volume);
    p.ringVolume = share(p.ringVolume);
    return p;
  } catch {
    return { ...defaults };
  }
}

/** @param {Prefs} p @param {Storage|null} [store] */
export function writePrefs(p, store = storage("localStorage")) {
  try {
    store?.setItem(place, JSON.stringify(p));
  } catch {
    // Full or forbidden: the choice holds until the page goes.
  }
}

/** @param {number} n */
function share(n) {
  return Number.isFinite(n) ? Math.min(1, Math.max(0, n)) : 1;
}

/**
 * The browser's storage, or null where it is forbidden: even asking can throw.
 * @param {"localStorage"|"sessionStorage"} name
 * @returns {Storage|null}
 */
export function storage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}
