/** What a chart shows. */
export interface Chart {
  /** One sentence, which is also read to those who do not see it. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

/** One side of a chart, from 0. */
export interface Axis {
  readonly label: string;
  readonly max: number;
  /** Where it is marked, and with which words. */
  readonly ticks: readonly (readonly [value: number, text: string])[];
}

/** Values over the x axis. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [720, 300];
const MARGIN = { left: 56, right: 16, top: 56, bottom: 44 };

/** For light and dark pages; told apart by lightness and dashes too, for those who see no colours. */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.line0 { stroke: #0550ae }
.line1 { stroke: #bc4c00; stroke-dasharray: 7 3 }
.line2 { stroke: #8250df; stroke-dasharray: 2 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .grid { stroke: #3d444d }
  .line0 { stroke: #79c0ff }
  .line1 { stroke: #ffa657 }
  .line2 { stroke: #d2a8ff }
}`;

/**
 * Draws lines as an SVG image that follows the reader's light or dark page.
 *
 * @param chart up to three lines
 */
export function drawChart({ title, x, y, lines }: Chart): string {
  const atX = (value: number) =>
    round(MARGIN.left + value / x.max * (WIDTH - MARGIN.left - MARGIN.right));
  const atY = (value: number) =>
    round(HEIGHT - MARGIN.bottom - value / y.max * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const [left, right, bottom] = [atX(0), atX(x.max), atY(0)];
  const parts = [
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="${left}" y="20">${escape(title)}</text>`,
    ...y.ticks.map(([value, text]) =>
      `<path class="grid" d="M${left} ${atY(value)}H${right}"/>` +
      `<text x="${left - 8}" y="${atY(value) + 4}" text-anchor="end">${escape(text)}</text>`
    ),
    ...x.ticks.map(([value, text]) =>
      `<text x="${atX(value)}" y="${bottom + 18}" text-anchor="middle">${escape(text)}</text>`
    ),
    `<text x="${right}" y="${HEIGHT - 6}" text-anchor="end">${escape(x.label)}</text>`,
    `<text x="${left - 48}" y="${atY(y.max) - 8}">${escape(y.label)}</text>`,
    ...lines.map(({ points }, index) => {
      const path = points.map(([px, py]) => `${atX(px)} ${atY(py)}`).join("L");
      return `<path class="line line${index}" d="M${path}"/>`;
    }),
    ...drawLegend(lines),
  ];
  const size = `viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">\n${
    parts.join("\n")
  }\n</svg>\n`;
}

/** Names of the lines in one row beneath the title. */
function drawLegend(lines: readonly Line[]): string[] {
  const step = (WIDTH - MARGIN.left - 120) / lines.length;
  return lines.map(({ name }, index) => {
    const from = round(MARGIN.left + 100 + index * step);
    return `<path class="line line${index}" d="M${from} 40h24"/>` +
      `<text x="${from + 30}" y="44">${escape(name)}</text>`;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
