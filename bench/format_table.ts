import { type Figure, meetsAim } from "./figure.ts";

/**
 * Lays figures out for a terminal, one row each, numbers aligned at the right.
 *
 * @param figures in the order of the rows
 * @returns lines, without a line break at the end
 */
export function formatTable(figures: readonly Figure[]): string {
  const rows = [
    ["part", "what", "value", "unit", "spread", "aim"],
    ...figures.map((figure) => [
      figure.part,
      figure.name,
      formatValue(figure.value),
      figure.unit,
      formatSpread(figure),
      formatAim(figure),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    ).join("  ").trimEnd()
  ).join("\n");
}

/** Three significant digits, and whole numbers above that. */
function formatValue(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

function formatSpread({ spread }: Figure): string {
  return spread === undefined ? "" : `${formatValue(spread.low)}–${formatValue(spread.high)}`;
}

function formatAim(figure: Figure): string {
  const { aim } = figure;
  if (aim === undefined) return "";
  const mark = meetsAim(figure) ? "met" : "missed";
  return "atLeast" in aim ? `≥ ${aim.atLeast} ${mark}` : `≤ ${aim.atMost} ${mark}`;
}
