// @ts-check
// Two hours of "answered within three rings" as a line, over the calls of five minutes as bars. The table in the details says the same in words.

import uPlot from "../vendor/uplot.js";

/** @typedef {{from: number, tally: import("./spans.js").Tally}[]} Trend */

const STEP = 300;
const STEPS = 25;

/**
 * The steps in full, those without calls as gaps.
 * @param {Trend} trend
 * @param {number} nowSeconds
 * @returns {{from: number, decided: number, met: number, offered: number, abandoned: number}[]}
 */
export function steps(trend, nowSeconds) {
  const last = Math.floor(nowSeconds / STEP) * STEP;
  const known = new Map(trend.map((s) => [s.from, s.tally]));
  return Array.from({ length: STEPS }, (_, i) => {
    const from = last - (STEPS - 1 - i) * STEP;
    const t = known.get(from);
    return {
      from, offered: t?.offered ?? 0, met: t?.met ?? 0, abandoned: t?.abandoned ?? 0,
      decided: t ? t.answered + t.abandoned + t.machine + t.lost : 0,
    };
  });
}

/**
 * The share within three rings over fifteen minutes, at every step: of five minutes alone a single call would make a tower.
 * @param {{decided: number, met: number}[]} all
 */
function smooth(all) {
  return all.map((_, i) => {
    const last = all.slice(Math.max(0, i - 2), i + 1);
    const decided = last.reduce((n, s) => n + s.decided, 0);
    return decided > 0 ? last.reduce((n, s) => n + s.met, 0) / decided : null;
  });
}

export class TrendLine {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.drawn = "";
    /** @type {uPlot | undefined} */
    this.plot = undefined;
  }

  /**
   * @param {Trend} trend
   * @param {number} nowSeconds
   * @param {number} target share between 0 and 1 that is drawn as a line to keep above
   */
  show(trend, nowSeconds, target) {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width < 20 || height < 12) return;
    const all = steps(trend, nowSeconds);
    // A canvas needs colours, not light-dark(): the host wears them where the browser computes them.
    const { color: line, outlineColor: goal, columnRuleColor: bar } = getComputedStyle(this.host);
    const key = JSON.stringify([width, height, line, all]);
    if (key === this.drawn) return;
    this.drawn = key;
    const most = Math.max(...all.map((s) => s.decided), 1);
    /** @type {any} */
    const data = [all.map((s) => s.from), all.map((s) => s.decided / most * 0.9), all.map(() => target), smooth(all)];
    this.plot?.destroy();
    this.plot = new uPlot({
      width, height, padding: [4, 4, 2, 4], cursor: { show: false }, legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: true }, y: { range: [0, 1.02] } },
      series: [
        {},
        { fill: bar, stroke: "transparent", points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.8, 100] }) },
        { stroke: goal, width: 2, dash: [6, 5], points: { show: false } },
        { stroke: line, width: Math.max(2.5, height / 30), spanGaps: true, points: { show: false } },
      ],
    }, data, this.host);
  }
}
