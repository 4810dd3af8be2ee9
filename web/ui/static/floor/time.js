// @ts-check
// Instants are whole microseconds since 1970, as the journal keeps them: exact in a number until the year 2255.

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads an RFC 3339 time; what is below a microsecond is cut off. NaN for anything else.
 * @param {string | undefined} text
 * @returns {number}
 */
export function micros(text) {
  const m = RFC3339.exec(text ?? "");
  if (!m) return NaN;
  return Date.parse(m[1] + m[3]) * 1000 + Number(((m[2] ?? "") + "000000").slice(0, 6));
}

/**
 * A span of time as people read it from afar: "7", "59", "1:05", "2:03:04".
 * @param {number} us
 * @returns {string}
 */
export function span(us) {
  const all = Math.max(0, Math.floor(us / 1e6));
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
