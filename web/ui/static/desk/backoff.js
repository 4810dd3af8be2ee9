// @ts-check

/**
 * How long to wait before the next try: 1, 2, 4 … 30 s, each with up to a quarter taken off by chance, so that two hundred desks do
 * not come back in one moment after a restart of the server.
 * @param {number} attempt from 1
 * @param {() => number} [random] 0 … 1
 * @returns {number} milliseconds
 */
export function waitFor(attempt, random = Math.random) {
  const full = Math.min(30_000, 1000 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (1 - random() / 4));
}
