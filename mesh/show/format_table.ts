import { printable } from "@asya/program";
import { countColumns } from "./count_columns.ts";
import { cutText } from "./cut_text.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Whether its cells end below each other, as numbers do. */
  readonly isRight?: boolean;
  /** Whether it gives way where the table is too wide. */
  readonly isElastic?: boolean;
  /** The colour of a cell, as a number of ANSI's. */
  colourOf?(cell: string): number | undefined;
}

/** What a table may take and use. */
export interface TableStyle {
  /** How wide it may be; `Infinity` where nobody looks at it. */
  readonly columns: number;
  /** Whether to use ANSI colours. */
  readonly colour: boolean;
}

/** Spaces between columns. */
const GAP = "  ";

/** An elastic column does not get narrower than this. */
const LEAST_COLUMNS = 8;

/**
 * Writes rows as lines in which each column begins where it began in the line before.
 *
 * @param columns what the cells of a row are
 * @param rows cells in the order of the columns
 * @param style how wide and how colourful it may be
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatTable } from "./format_table.ts";
 * const columns = [{ title: "TOOL", isElastic: true }, { title: "JOBS", isRight: true }];
 * const rows = [["read_document", "12"], ["scan", "3"]];
 * assert.deepEqual(formatTable(columns, rows, { columns: 16, colour: false }), [
 *   "TOOL        JOBS",
 *   "read_docu…    12",
 *   "scan           3",
 * ]);
 * ```
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string[] {
  const cells = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = fit(columns, widthsOf(columns, cells), style.columns);
  const head = columns.map(({ title }, index) => place(title, widths[index] ?? 0, columns[index]));
  const dim = (line: string) => style.colour ? `\x1b[2m${line}\x1b[0m` : line;
  return [
    dim(head.join(GAP).trimEnd()),
    ...cells.map((row) =>
      columns.map((column, index) => {
        const cell = row[index] ?? "";
        const text = place(cell, widths[index] ?? 0, column);
        const colour = style.colour ? column.colourOf?.(cell) : undefined;
        return colour === undefined ? text : `\x1b[${colour}m${text}\x1b[0m`;
      }).join(GAP).trimEnd()
    ),
  ];
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, countColumns(row[index] ?? "")), title.length)
  );
}

/** Takes columns from the widest elastic ones until the table fits, or none can give more. */
function fit(columns: readonly Column[], widths: readonly number[], most: number): number[] {
  const fitted = [...widths];
  const least = columns.map(({ title }) => Math.max(LEAST_COLUMNS, title.length));
  const total = () => fitted.reduce((sum, width) => sum + width, GAP.length * (fitted.length - 1));
  while (total() > most) {
    const elastic = columns.flatMap(({ isElastic }, index) =>
      isElastic && (fitted[index] ?? 0) > (least[index] ?? 0) ? [index] : []
    );
    const [widest] = elastic.sort((a, b) => (fitted[b] ?? 0) - (fitted[a] ?? 0));
    if (widest === undefined) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  return fitted;
}

function place(text: string, width: number, column: Column | undefined): string {
  const cut = cutText(text, width);
  const padding = " ".repeat(Math.max(0, width - countColumns(cut)));
  return column?.isRight ? padding + cut : cut + padding;
}
