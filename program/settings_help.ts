import type { Settings } from "./config.ts";
import type { Setting } from "./setting.ts";

/**
 * Writes what `--help` prints: what the program is, and every setting with its values and default.
 *
 * @param program The program's name, such as `sidecar`.
 * @param summary What it does, in one sentence.
 * @param settings Its schema.
 * @returns Lines of text that end with a line break.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { helpText, logSettings } from "@asya/program";
 *
 * const help = helpText("sidecar", "Carries messages.", logSettings);
 * assert.match(help, /^sidecar: Carries messages\.\n/);
 * assert.match(help, /ASYA_LOG_LEVEL {2}\(default INFO\)/);
 * ```
 */
export function helpText(program: string, summary: string, settings: Settings): string {
  const lines = [`${program}: ${summary}`, "", "Settings are environment variables:"];
  for (const setting of Object.values(settings)) {
    lines.push("", `  ${setting.env}  (${describeDefault(setting)})`, `      ${setting.doc}`);
    if (setting.retired) continue;
    lines.push(`      allowed: ${setting.allowed}${setting.secret ? "; kept secret" : ""}`);
    for (const alias of setting.aliases) lines.push(`      older name: ${alias.env}`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Writes the same as a Markdown table, for documentation. Its columns are padded, so that a
 * formatter leaves it as it is.
 *
 * @param settings A program's schema.
 * @returns The table, ending with a line break.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { logSettings, settingsTable } from "@asya/program";
 *
 * assert.match(settingsTable(logSettings), /^\| setting +\| default +\| what it says/);
 * ```
 */
export function settingsTable(settings: Settings): string {
  const rows = Object.values(settings).map((setting) =>
    [
      `\`${setting.env}\``,
      setting.required ? "required" : code(setting.defaultText),
      setting.retired ? `no effect: ${setting.doc}` : describe(setting),
    ].map(escapeCell)
  );
  return markdownTable(["setting", "default", "what it says"], rows);
}

/**
 * Writes a Markdown table whose columns are padded to equal width.
 *
 * @param header The titles of the columns.
 * @param rows The cells, already free of line breaks and of bare `|`.
 * @returns The table, ending with a line break.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { markdownTable } from "@asya/program";
 *
 * assert.equal(markdownTable(["a", "b"], [["long", "x"]]), "| a    | b |\n| ---- | - |\n| long | x |\n");
 * ```
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map((cell) => [...cell].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => pad(cells[column] ?? "", width)).join(" | ")} |\n`;
  return [header, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

function describe(setting: Setting<unknown>): string {
  const older = setting.aliases.map((alias) => `\`${alias.env}\``).join(", ");
  const notes = [setting.allowed];
  if (setting.secret) notes.push("secret");
  if (older !== "") notes.push(`older name: ${older}`);
  return `${setting.doc} (${notes.join("; ")})`;
}

function describeDefault(setting: Setting<unknown>): string {
  if (setting.retired) return "no effect any more";
  if (setting.required) return "required";
  return setting.defaultText === undefined ? "not set" : `default ${setting.defaultText || '""'}`;
}

function code(value: string | undefined): string {
  return value === undefined || value === "" ? "" : `\`${value}\``;
}

function escapeCell(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(width - [...cell].length);
}
