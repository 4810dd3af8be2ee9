// @ts-check
// What customers said, as bars: speed and quality side by side for each group. The table under it says the same in numbers.

import uPlot from "../vendor/uplot.js";

/** @typedef {{names: string[], speed: number[], quality: number[], n: number[]}} Results */

const place = document.getElementById("chart");
const source = document.getElementById("results");
const paths = uPlot.paths;
if (place && source && paths && paths.bars) draw(place, /** @type {Results} */ (JSON.parse(source.textContent ?? "{}")), paths.bars);

/**
 * @param {HTMLElement} root
 * @param {Results} r
 * @param {NonNullable<uPlot.Series.BarsPathBuilderFactory>} bars
 */
function draw(root, r, bars) {
  const style = getComputedStyle(root);
  // A canvas needs colours, not light-dark(): something new wears each (what is there already would fade over to it).
  const colour = (/** @type {string} */ name) => {
    const worn = document.createElement("span");
    worn.style.color = `var(${name})`;
    root.append(worn);
    const seen = getComputedStyle(worn).color;
    worn.remove();
    return seen;
  };
  const many = r.names.length;
  const beside = (/** @type {-1|1} */ side) => bars({ size: [0.3, 48], align: side, gap: 3 });
  const axis = { stroke: colour("--ink-2"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `13px ${style.fontFamily}` };
  const plot = new uPlot({
    width: root.clientWidth || 600, height: 260, legend: { show: false }, cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, many - 0.4] }, y: { range: [0, 5] } },
    axes: [
      { ...axis, grid: { show: false }, splits: () => r.names.map((_, i) => i), values: () => r.names.map((name, i) => `${name} (n=${r.n[i]})`) },
      { ...axis, splits: () => [0, 1, 2, 3, 4, 5] },
    ],
    series: [
      {},
      { fill: colour("--accent"), stroke: colour("--accent"), points: { show: false }, paths: beside(-1) },
      { fill: stripes(colour("--talking"), colour("--raised")), stroke: colour("--talking"), points: { show: false }, paths: beside(1) },
    ],
  }, [r.names.map((_, i) => i), r.speed, r.quality], root);
  new ResizeObserver(() => plot.setSize({ width: root.clientWidth, height: 260 })).observe(root);
}

/** The second measure is told by a pattern as well as by its colour. @param {string} ink @param {string} paper */
function stripes(ink, paper) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const c = tile.getContext("2d");
  if (!c) return ink;
  c.fillStyle = paper;
  c.fillRect(0, 0, 8, 8);
  c.strokeStyle = ink;
  c.lineWidth = 3;
  c.beginPath();
  for (const x of [-8, 0, 8]) {
    c.moveTo(x, 8);
    c.lineTo(x + 8, 0);
  }
  c.stroke();
  return c.createPattern(tile, "repeat") ?? ink;
}
