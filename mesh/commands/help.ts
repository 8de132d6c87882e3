import { type Command, type CommandTable, optionName } from "./command.ts";
import { type Positional, takesAll } from "./option.ts";
import { wrapText } from "../show/wrap_text.ts";

/** Spaces before what a list shows, and between its columns. */
const INDENT = 2;

/** Stands for a space at which no line is broken. */
const UNBROKEN = "\u00a0";

/** A name that is longer has its explanation in the next line. */
const MOST_NAME_COLUMNS = 26;

/**
 * What `asya --help` and `asya COMMAND --help` print.
 *
 * @param table all commands
 * @param name a command such as `jobs ls`, a group such as `jobs`, or nothing for all of them
 * @param columns how wide it may be
 */
export function helpText(table: CommandTable, name: string, columns: number): string {
  const command = table.commands.find((command) => command.name === name);
  if (command) return commandHelp(command, columns);
  const group = table.groups.find((group) => group.name === name);
  if (group) {
    const rows = table.commands.filter((command) => command.name.startsWith(`${name} `))
      .filter(isShown).map(rowOf);
    const more = `\`asya ${name} COMMAND --help\` says more about a command.`;
    return sections([group.about, listOf(rows, columns), more], columns);
  }
  return overview(table, columns);
}

/** How a command is written, in words that stay in one line each: an option, and its value. */
function usageLine(command: Command): string {
  const positionals = Object.values(command.positionals).map(positionalLabel);
  const options = Object.entries(command.options).map(([name, option]) => {
    const written = optionName(name, option);
    const text = option.value === undefined ? written : `${written} ${option.value}`;
    return (option.repeats ? `[${text} …]` : `[${text}]`).replaceAll(" ", UNBROKEN);
  });
  return ["asya", command.name, ...positionals, ...options].join(" ");
}

/**
 * How an option is written, with its value and its short form.
 *
 * @param name its name in the table
 * @param option the option
 */
export function optionLabel(
  name: string,
  option: { readonly value?: string; readonly short?: string; readonly isOn?: boolean },
): string {
  const long = `${optionName(name, option)}${option.value === undefined ? "" : ` ${option.value}`}`;
  return option.short === undefined ? long : `-${option.short}, ${long}`;
}

function overview(table: CommandTable, columns: number): string {
  const inGroups = new Set<string>();
  const rows = table.commands.filter(isShown).flatMap((command) => {
    const group = table.groups.find(({ name }) => command.name.startsWith(`${name} `));
    if (!group) return [rowOf(command)];
    if (inGroups.has(group.name)) return [];
    inGroups.add(group.name);
    return [[group.name, group.summary] as const];
  });
  return sections([
    "asya runs a mesh of actors on this machine, calls its tools, and looks after its jobs.",
    listOf(rows, columns),
    "`asya COMMAND --help` says more about a command, with examples; `asya --version` which asya " +
    "this is. Results go to standard output, everything else to standard error. The exit code is 0 " +
    "when all went well, 1 when it did not, 2 when the command line is wrong, and 130 after Ctrl-C.",
  ], columns);
}

function commandHelp(command: Command, columns: number): string {
  const positionals = Object.values(command.positionals).map(({ value, doc }) =>
    [value, doc] as const
  );
  const options = Object.entries(command.options).map(([name, option]) =>
    [optionLabel(name, option), option.doc] as const
  );
  const examples = command.examples.map(({ line, doc }) =>
    `${" ".repeat(INDENT)}${line}\n${wrapText(doc, columns, INDENT * 3)}`
  );
  return sections([
    wrapText(usageLine(command), columns, INDENT * 4, 0).replaceAll(UNBROKEN, " "),
    command.about,
    ...(positionals.length > 0 ? [listOf(positionals, columns)] : []),
    listOf([...options, ["-h, --help", "show this"]], columns),
    ...(command.notes === undefined ? [] : [command.notes]),
    ...(command.topics ?? []).map(({ text }) => text),
    ...(examples.length > 0 ? [`Examples:\n\n${examples.join("\n")}`] : []),
  ], columns);
}

function isShown({ hidden }: Command): boolean {
  return hidden !== true;
}

function rowOf(command: Command): readonly [string, string] {
  const positionals = Object.values(command.positionals).map(positionalLabel);
  return [[command.name, ...positionals].join(" "), command.summary];
}

/**
 * How an argument is written: in brackets where it may be left out.
 *
 * @param positional the argument
 */
export function positionalLabel(positional: Positional<unknown>): string {
  const { value, count } = positional;
  const written = takesAll(positional) ? `${value}…` : value;
  return count === "optional" || count === "any" ? `[${written}]` : written;
}

/** Names with what they are for behind them, or below them where they are long. */
function listOf(rows: readonly (readonly [string, string])[], columns: number): string {
  const lengths = rows.map(([name]) => name.length).filter((length) => length <= MOST_NAME_COLUMNS);
  const width = Math.max(0, ...lengths);
  const indent = width + INDENT * 2;
  return rows.map(([name, doc]) => {
    const text = wrapText(doc, columns, indent);
    const start = " ".repeat(INDENT) + name;
    return name.length > width ? `${start}\n${text}` : start.padEnd(indent) + text.slice(indent);
  }).join("\n");
}

/** Paragraphs with an empty line between them; what is not laid out yet is wrapped. */
function sections(parts: readonly string[], columns: number): string {
  return parts.map((part) => /^ |\n/.test(part) ? part : wrapText(part, columns)).join("\n\n");
}
