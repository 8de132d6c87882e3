import type { Environment, SettingsOf } from "@asya/program";
import type { settings } from "../config.ts";
import type { EndSignals } from "../run/signals.ts";
import type { Screen } from "../screen.ts";
import { type Option, type Positional, takesAll } from "./option.ts";

/** What a command works with. */
export interface CommandContext {
  readonly screen: Screen;
  readonly signals: EndSignals;
  readonly config: SettingsOf<typeof settings>;
  /** The environment of whoever called `asya`. */
  readonly env: Environment;
  /** Every command there is, for what explains them. */
  readonly table: CommandTable;
}

/** All commands, and what is said of those that have commands of their own. */
export interface CommandTable {
  readonly commands: readonly Command[];
  readonly groups: readonly CommandGroup[];
}

/** A word that several commands begin with. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly about: string;
}

/** What help says of a command, and what its command line may hold. */
export interface CommandRow<O extends Options, P extends Positionals> {
  /** The words it is called by, such as `jobs ls`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What it does, in a few sentences. */
  readonly about: string;
  /** In the order in which they stand on a command line. */
  readonly positionals: P;
  /** By name in camel case; `fromStep` is written `--from-step`. */
  readonly options: O;
  /** Paragraphs behind the options. */
  readonly notes?: string;
  /** What several commands take, explained behind the notes. */
  readonly topics?: readonly Topic[];
  /** Command lines to learn from, each with what it does. */
  readonly examples: readonly Example[];
  /** Whether it is for programs, and no list shows it. */
  readonly hidden?: boolean;
  /** What is wrong with values that are each fine by themselves, a sentence each. */
  check?(values: Values<O, P>): readonly string[];
  /** Does it; returns the exit code. */
  run(values: Values<O, P>, context: CommandContext): Promise<number> | number;
}

/** A word that stands for a value of several commands. */
export interface Topic {
  /** As their options have it, such as `WHERE`. */
  readonly name: string;
  /** What it may be, in paragraphs. */
  readonly text: string;
}

/** A command line, and what it does. */
export interface Example {
  readonly line: string;
  readonly doc: string;
}

/** The options of a command. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The positional arguments of a command. */
export type Positionals = Readonly<Record<string, Positional<unknown>>>;

/** What was given, by the names of options and positional arguments. */
export type Values<O extends Options, P extends Positionals> =
  & { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }
  & { readonly [K in keyof P]: P[K] extends Positional<infer T> ? T : never };

/** A command whose own types nobody else needs to know. */
export interface Command
  extends Omit<CommandRow<Options, Positionals>, "check" | "run" | "options" | "positionals"> {
  readonly options: Options;
  readonly positionals: Positionals;
  /** Reads the texts of a command line. */
  prepare(texts: Texts): Prepared;
}

/** What stands on a command line, by name. */
export interface Texts {
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
}

/** A command that can be run, or everything that is wrong with its command line. */
export type Prepared =
  | {
    readonly ok: true;
    readonly values: Readonly<Record<string, unknown>>;
    run(context: CommandContext): Promise<number> | number;
  }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Defines a command: all that is to be known about it, once.
 *
 * @param row the command
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineCommand } from "./command.ts";
 * import { flag, required } from "./option.ts";
 *
 * const greet = defineCommand({
 *   name: "greet",
 *   summary: "greet somebody",
 *   about: "Greets somebody.",
 *   positionals: { name: required({ value: "NAME", doc: "whom" }) },
 *   options: { loud: flag({ doc: "in capitals" }) },
 *   examples: [],
 *   run: ({ name, loud }) => (loud ? name.toUpperCase() : name).length,
 * });
 * const prepared = greet.prepare({ options: {}, positionals: ["Ada"] });
 * assert.deepEqual(prepared.ok && prepared.values, { name: "Ada", loud: false });
 * ```
 */
export function defineCommand<const O extends Options, const P extends Positionals>(
  row: CommandRow<O, P>,
): Command {
  const { check, run, ...rest } = row;
  return {
    ...rest,
    prepare(texts) {
      const problems: string[] = [];
      const values: Record<string, unknown> = {};
      const keep = (name: string, read: ReturnType<Option<unknown>["read"]>) => {
        if (read.ok) values[name] = read.value;
        else problems.push(read.problem);
      };
      let left = texts.positionals;
      for (const [name, positional] of Object.entries<Positional<unknown>>(row.positionals)) {
        const count = takesAll(positional) ? left.length : 1;
        keep(name, positional.read(left.slice(0, count)));
        left = left.slice(count);
      }
      for (const text of left) problems.push(`${JSON.stringify(text)} is one argument too many`);
      for (const [name, option] of Object.entries<Option<unknown>>(row.options)) {
        keep(name, option.read(texts.options[name] ?? [], optionName(name, option)));
      }
      // Every entry was read by the option or argument of its name, so it has that one's type.
      const typed = values as Values<O, P>;
      if (problems.length === 0) problems.push(...check?.(typed) ?? []);
      if (problems.length > 0) return { ok: false, problems };
      return { ok: true, values, run: (context) => run(typed, context) };
    },
  };
}

/**
 * How an option is written.
 *
 * @param name its name in the table, such as `fromStep`
 * @param option the option
 * @returns such as `--from-step`
 */
export function optionName(name: string, { isOn = false }: { readonly isOn?: boolean }): string {
  return `--${isOn ? "no-" : ""}${
    name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  }`;
}
