import { parseArgs } from "node:util";
import { hidePassword, nearestName } from "@asya/program";
import {
  type Command,
  type CommandTable,
  optionName,
  type Prepared,
  type Texts,
} from "./command.ts";

/** What a command line means. */
export type ParsedArguments =
  | Extract<Prepared, { ok: true }> & { readonly kind: "run"; readonly name: string }
  /** Help is wanted, with all or with the commands that begin with these words. */
  | { readonly kind: "help"; readonly name: string }
  | { readonly kind: "version" }
  /** It means nothing; help with these words may. */
  | { readonly kind: "wrong"; readonly problems: readonly string[]; readonly name: string };

/**
 * Parses the command line of `asya`.
 *
 * @param args the arguments behind the program's name
 * @param table all commands
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseArguments } from "./arguments.ts";
 * import { table } from "./table.ts";
 *
 * assert.deepEqual(parseArguments(["upp"], table), {
 *   kind: "wrong", name: "", problems: ['"upp" is no command; did you mean up?'],
 * });
 * ```
 */
export function parseArguments(args: readonly string[], table: CommandTable): ParsedArguments {
  const [first = "--help"] = args;
  if (first === "--help" || first === "-h") return { kind: "help", name: "" };
  if (first === "--version" || first === "-V") return { kind: "version" };
  const found = findCommand(args, table);
  if (typeof found === "string") return wrong([found], isGroup(first, table) ? first : "");
  if (!("command" in found)) return { kind: "help", name: found.name };
  const { command, rest } = found;
  const split = splitArguments(command, rest);
  if (split.help) return { kind: "help", name: command.name };
  const prepared = command.prepare(split);
  // What follows an option that nobody knows is not to be judged.
  const isSure = !split.problems.some(({ isUnknown }) => isUnknown);
  const problems = [
    ...split.problems.map(({ problem }) => problem),
    ...(isSure && !prepared.ok ? prepared.problems : []),
  ];
  if (prepared.ok && problems.length === 0) return { kind: "run", name: command.name, ...prepared };
  return wrong(problems, command.name);
}

/** The command that a command line begins with, the group it asks about, or what is wrong. */
function findCommand(
  args: readonly string[],
  table: CommandTable,
): { command: Command; rest: readonly string[] } | { name: string } | string {
  const [first = "", second] = args;
  const names = table.commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  if (!isGroup(first, table)) {
    const command = table.commands.find(({ name }) => name === first);
    if (command) return { command, rest: args.slice(1) };
    const words = [...new Set(names.map((name) => name.split(" ")[0] ?? ""))];
    return `${JSON.stringify(first)} is no command; ${hint(first, words)}`;
  }
  if (second === undefined || second === "--help" || second === "-h") return { name: first };
  const command = table.commands.find(({ name }) => name === `${first} ${second}`);
  if (command) return { command, rest: args.slice(2) };
  const words = names.flatMap((name) =>
    name.startsWith(`${first} `) ? name.split(" ")[1] ?? "" : []
  );
  return `${JSON.stringify(second)} is no command of ${first}; ${hint(second, words)}`;
}

function isGroup(word: string, { groups }: CommandTable): boolean {
  return groups.some(({ name }) => name === word);
}

/** What stands on a command line, and what of it is not allowed. */
interface Split extends Texts {
  readonly help: boolean;
  readonly problems: readonly { readonly problem: string; readonly isUnknown: boolean }[];
}

function splitArguments(command: Command, args: readonly string[]): Split {
  const byName = new Map(
    Object.entries(command.options).map((
      [name, option],
    ) => [optionName(name, option).slice(2), { name, option }]),
  );
  const known = Object.fromEntries([...byName].map(([written, { option }]) => [written, {
    type: option.value === undefined ? "boolean" as const : "string" as const,
    ...(option.short !== undefined && { short: option.short }),
  }]));
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: { ...known, help: { type: "boolean", short: "h" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Record<string, string[]> = {};
  const problems: { problem: string; isUnknown: boolean }[] = [];
  const refuse = (problem: string, isUnknown = false) => problems.push({ problem, isUnknown });
  let help = false;
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { rawName, value } = token;
    if (token.name === "help") {
      help = true;
      continue;
    }
    const entry = byName.get(token.name);
    if (!entry) {
      const written = [...byName.keys(), "help"].map((name) => `--${name}`);
      refuse(`${rawName} is no option of ${command.name}; ${hint(rawName, written)}`, true);
    } else if (entry.option.value === undefined) {
      if (value !== undefined) refuse(`${rawName} takes no value`);
      else (options[entry.name] ??= []).push("");
    } else if (!value && !token.inlineValue) {
      refuse(`${rawName} needs a value behind it: ${entry.option.value}`);
    } else if (value?.startsWith("--") && !token.inlineValue) {
      refuse(
        `${rawName} needs a value behind it; one like an option is written ${rawName}=${value}`,
      );
    } else (options[entry.name] ??= []).push(value ?? "");
  }
  return { options, positionals, problems, help };
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `allowed: ${known.join(", ")}` : `did you mean ${nearest}?`;
}

/** Whatever stands on a command line may be a URL in the wrong place. */
function wrong(problems: readonly string[], name: string): ParsedArguments {
  return { kind: "wrong", problems: problems.map(hidePassword), name };
}
