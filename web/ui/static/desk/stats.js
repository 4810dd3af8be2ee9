// @ts-check

/**
 * Reads one sample out of a report of getStats (W3C webrtc-stats).
 * @param {Iterable<[string, any]>} report
 * @param {number} at milliseconds
 * @returns {import("./quality.js").Sample}
 */
export function sampleOf(report, at) {
  /** @type {import("./quality.js").Sample} */
  const s = { at, received: 0, lost: 0, jitter: 0, sent: 0, theirLoss: null, rtt: null, level: 0 };
  for (const [, r] of report) {
    if (r.kind !== undefined && r.kind !== "audio") continue;
    switch (r.type) {
      case "inbound-rtp":
        s.received += r.packetsReceived ?? 0;
        s.lost += r.packetsLost ?? 0;
        s.jitter = Math.max(s.jitter, r.jitter ?? 0);
        break;
      case "outbound-rtp":
        s.sent += r.packetsSent ?? 0;
        break;
      case "remote-inbound-rtp":
        if (typeof r.fractionLost === "number") s.theirLoss = Math.max(s.theirLoss ?? 0, r.fractionLost);
        if (typeof r.roundTripTime === "number") s.rtt = r.roundTripTime;
        break;
      case "media-source":
        s.level = Math.max(s.level, r.audioLevel ?? 0);
        break;
      case "candidate-pair":
        if (r.nominated && s.rtt === null && typeof r.currentRoundTripTime === "number") s.rtt = r.currentRoundTripTime;
        break;
    }
  }
  return s;
}
