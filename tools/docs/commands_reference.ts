import type { Command, CommandTable, Topic } from "../../mesh/commands/command.ts";
import { optionLabel, positionalLabel } from "../../mesh/commands/help.ts";
import { wrapText } from "../../mesh/show/wrap_text.ts";
import { markdownTable } from "@asya/program";

/** How wide a line of a Markdown file is. */
const COLUMNS = 100;

/**
 * Everything that the `asya` command can do, as a part of a README.
 *
 * @param table all commands
 */
export function commandsReference(table: CommandTable): string {
  const shown = table.commands.filter(({ hidden }) => !hidden);
  const rows = shown.map((command) => [`\`asya ${usage(command)}\``, escapeCell(command.summary)]);
  const topics = new Set(shown.flatMap(({ topics = [] }) => topics));
  return [
    markdownTable(["command", "what it does"], rows),
    ...shown.map(describe),
    ...[...topics].map((topic) => explain(topic, shown)),
  ].join("\n");
}

function describe(command: Command): string {
  const positionals = Object.values(command.positionals).map(({ value, doc }) => [
    `\`${value}\``,
    escapeCell(doc),
  ]);
  const options = Object.entries(command.options).map(([name, option]) => [
    `\`${optionLabel(name, option)}\``,
    escapeCell(option.doc),
  ]);
  const rows = [...positionals, ...options];
  const examples = command.examples.flatMap(({ line, doc }) => [`# ${doc}`, line]);
  return [
    `### asya ${command.name}`,
    wrapText(command.about, COLUMNS),
    ...(rows.length > 0 ? [markdownTable(["", "what it says"], rows).trimEnd()] : []),
    ...(command.notes === undefined ? [] : [`\`\`\`text\n${command.notes}\n\`\`\``]),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\``,
  ].join("\n\n") + "\n";
}

/** What several commands take: their help has it each, a page for all of them once. */
function explain(topic: Topic, commands: readonly Command[]): string {
  const users = commands.filter(({ topics }) => topics?.includes(topic));
  const names = users.map(({ name }) => `\`asya ${name}\``).join(", ");
  const text = `\`\`\`text\n${topic.text}\n\`\`\``;
  return [`### ${topic.name}`, `For ${names}.`, text].join("\n\n") + "\n";
}

/** How a command is written, without its options. */
function usage({ name, positionals }: Command): string {
  return [name, ...Object.values(positionals).map(positionalLabel)].join(" ");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
