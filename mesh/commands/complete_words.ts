import { type Command, type CommandTable, optionName } from "./command.ts";
import { type Completes, takesAll } from "./option.ts";

/** Something that may be written next. */
export interface Candidate {
  readonly word: string;
  /** What it is, in a phrase. */
  readonly doc: string;
}

/** What may be written next: words, or what somebody else has to be asked for. */
export type Completion =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  | {
    readonly kind: Exclude<Completes, readonly string[]>;
    /** Arguments that stand on the line already, by their names. */
    readonly given: Readonly<Record<string, string>>;
  };

const NOTHING: Completion = { kind: "words", candidates: [] };

/**
 * What may be written at the end of a command line that is not finished.
 *
 * @param words those behind `asya`; the last one is being written, and may be empty
 * @param table all commands
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { completeWords } from "./complete_words.ts";
 * import { table } from "./table.ts";
 * const completion = completeWords(["jobs", "ca"], table);
 * assert(completion.kind === "words");
 * assert.deepEqual(completion.candidates.map(({ word }) => word), ["cancel"]);
 * ```
 */
export function completeWords(words: readonly string[], table: CommandTable): Completion {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const [first, second] = before;
  if (first === undefined) return matching(firstWords(table), current);
  const isGroup = table.groups.some(({ name }) => name === first);
  if (isGroup && second === undefined) return matching(secondWords(first, table), current);
  const name = isGroup ? `${first} ${second}` : first;
  const command = table.commands.find((command) => command.name === name && !command.hidden);
  return command ? completeCommand(command, before.slice(isGroup ? 2 : 1), current) : NOTHING;
}

function completeCommand(command: Command, before: readonly string[], current: string): Completion {
  const options = Object.entries(command.options).map(([name, option]) => ({
    option,
    written: optionName(name, option),
  }));
  const given: string[] = [];
  const used = new Set<string>();
  let pending: (typeof options)[number] | undefined;
  for (const word of before) {
    if (pending) {
      pending = undefined;
      continue;
    }
    const found = options.find(({ option, written }) =>
      word === written || word.startsWith(`${written}=`) || word === `-${option.short}`
    );
    if (!found && !word.startsWith("-")) given.push(word);
    if (!found) continue;
    used.add(found.written);
    if (found.option.value !== undefined && !word.includes("=")) pending = found;
  }
  const names = Object.keys(command.positionals);
  const args = Object.fromEntries(
    names.flatMap((name, index) => given[index] === undefined ? [] : [[name, given[index]]]),
  );
  if (pending) return from(pending.option.completes, current, args);
  if (current.startsWith("-")) {
    const free = options.filter(({ option, written }) => option.repeats || !used.has(written));
    const all = free.map(({ option, written }) => ({ word: written, doc: option.doc }));
    return matching([...all, { word: "--help", doc: "explain this command" }], current);
  }
  const positionals = Object.values(command.positionals);
  const positional = positionals[given.length] ??
    positionals.findLast(takesAll);
  return from(positional?.completes, current, args);
}

function from(
  completes: Completes | undefined,
  current: string,
  given: Readonly<Record<string, string>>,
): Completion {
  if (completes === undefined) return NOTHING;
  if (typeof completes === "string") return { kind: completes, given };
  return matching(completes.map((word) => ({ word, doc: "" })), current);
}

function firstWords({ commands, groups }: CommandTable): Candidate[] {
  const single = commands.filter(({ name, hidden }) => !hidden && !name.includes(" "));
  return [
    ...[...single, ...groups].map(({ name, summary }) => ({ word: name, doc: summary })),
    { word: "--help", doc: "list all commands" },
    { word: "--version", doc: "which asya this is" },
  ];
}

function secondWords(group: string, { commands }: CommandTable): Candidate[] {
  return [
    ...commands.filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => ({ word: name.slice(group.length + 1), doc: summary })),
    { word: "--help", doc: "list these commands" },
  ];
}

function matching(candidates: readonly Candidate[], current: string): Completion {
  return {
    kind: "words",
    candidates: candidates.filter(({ word }) =>
      word.toLowerCase().startsWith(current.toLowerCase())
    ),
  };
}
