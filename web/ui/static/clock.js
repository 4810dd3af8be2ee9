// @ts-check
/**
 * The server's clock as this browser knows it. Ring bars count from the server's instants, and a browser's own clock may be wrong
 * by hours or be set while we run; so we keep a pair (server's time, this page's monotonic time) and never ask the device's clock
 * once a pair is known.
 */

/** The best pair so far; `doubt` is how wrong it can be, in ms. @type {{server: number, at: number, doubt: number} | undefined} */
let best;

/** How much better a new pair must be is relaxed with age: quartz drifts by up to 100 ppm. */
const drift = 1e-4;

/**
 * Learns from one exchange: the server said `server` (ms since 1970) between `sent` and `received` (both performance.now()).
 * @param {number} server @param {number} sent @param {number} received
 */
export function feed(server, sent, received) {
  if (!Number.isFinite(server)) return;
  const doubt = (received - sent) / 2;
  if (best && doubt > best.doubt + (received - best.at) * drift) return;
  best = { server: server + doubt, at: received, doubt };
}

/** The server's time now, in ms since 1970; this device's own until the server was heard. */
export function now() {
  return best ? best.server + (performance.now() - best.at) : Date.now();
}

/** How much the server's clock is ahead of this device's, in ms. */
export function offset() {
  return now() - Date.now();
}

/** How wrong now() can be, in ms; Infinity until the server was heard. */
export function doubt() {
  return best ? best.doubt : Infinity;
}
