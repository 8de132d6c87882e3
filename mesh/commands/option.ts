import { formatDuration, parseDuration } from "@asya/program";

/** What came of reading the texts that were given. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** Where a shell finds what may be written; a list has all of it. */
export type Completes =
  | "files"
  | "folders"
  | "tools"
  | "arguments"
  | "jobs"
  | "letters"
  | "actors"
  | "commands"
  | readonly string[];

/** Something that begins with `--` on a command line. */
export interface Option<T> {
  /** What stands for its value in help; nothing for one without a value. */
  readonly value?: string;
  /** What it is for, in a phrase. */
  readonly doc: string;
  /** One letter that it may be written by, after `-`. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly repeats: boolean;
  /** Whether it is written with `no-` before its name, and takes something away. */
  readonly isOn?: boolean;
  readonly completes?: Completes;
  /**
   * Reads what was given.
   *
   * @param texts its values, as often as it was given
   * @param name how it is written
   */
  read(texts: readonly string[], name: string): Read<T>;
}

/** Something on a command line that its place tells. */
export interface Positional<T> {
  /** What stands for it in help. */
  readonly value: string;
  readonly doc: string;
  /** `any` takes all that is left, `some` too and at least one. */
  readonly count: "one" | "optional" | "any" | "some";
  readonly completes?: Completes;
  /** Reads what was given, at most one where it does not take many. */
  read(texts: readonly string[]): Read<T>;
}

/** What every option says. */
export interface Described {
  readonly doc: string;
  readonly short?: string;
  readonly completes?: Completes;
}

/** What an option with a value says. */
export interface Valued extends Described {
  readonly value: string;
}

/** How a value is read. */
export interface Reading<T> {
  /** Which values are allowed, in words. */
  readonly allowed: string;
  /** Gives nothing where the text is not allowed. */
  parse(text: string): T | undefined;
}

/**
 * An option that is given or not.
 *
 * @param described with `isOn`, it is written `--no-…` and is off when it is given
 */
export function flag(described: Described & { readonly isOn?: boolean }): Option<boolean> {
  const { isOn = false } = described;
  return {
    ...described,
    repeats: false,
    read: (texts) => ({ ok: true, value: texts.length > 0 !== isOn }),
  };
}

/** An option with a value that is read in a way of its own. */
export function option<T>(valued: Valued & Reading<T>): Option<T | undefined> {
  const { allowed, parse, ...rest } = valued;
  return {
    ...rest,
    repeats: false,
    read(texts, name) {
      if (texts.length > 1) {
        return wrong(`${name} is given ${times(texts.length)}; once is allowed`);
      }
      const [text] = texts;
      if (text === undefined) return { ok: true, value: undefined };
      const value = parse(text);
      return value === undefined ? notAllowed(name, text, allowed) : { ok: true, value };
    },
  };
}

/** An option that may be given several times, each with a value. */
export function repeated<T>(valued: Valued & Reading<T>): Option<readonly T[]> {
  const { allowed, parse, ...rest } = valued;
  return {
    ...rest,
    repeats: true,
    read(texts, name) {
      const values: T[] = [];
      for (const text of texts) {
        const value = parse(text);
        if (value === undefined) return notAllowed(name, text, allowed);
        values.push(value);
      }
      return { ok: true, value: values };
    },
  };
}

/** An option with any text but an empty one as its value. */
export function text(valued: Valued): Option<string | undefined> {
  return option({
    ...valued,
    allowed: "any text but an empty one",
    parse: (text) => text || undefined,
  });
}

/** An option with names as its value, parted by commas. */
export function names(valued: Valued): Option<readonly string[]> {
  const inner = option({
    ...valued,
    allowed: "names, parted by commas",
    parse(text) {
      const names = text.split(",").map((name) => name.trim()).filter(Boolean);
      return names.length > 0 ? names : undefined;
    },
  });
  return {
    ...inner,
    read(texts, name) {
      const read = inner.read(texts, name);
      return read.ok ? { ok: true, value: read.value ?? [] } : read;
    },
  };
}

/** An option with one of a few words as its value. */
export function choice<const C extends string>(
  valued: Valued & { readonly of: readonly C[] },
): Option<C | undefined> {
  const { of, ...rest } = valued;
  return option<C>({
    completes: of,
    ...rest,
    allowed: of.join(", "),
    parse: (text) => of.find((choice) => choice.toLowerCase() === text.toLowerCase()),
  });
}

/** An option with a whole number as its value. */
export function integer(
  valued: Valued & { readonly min: number; readonly max: number },
): Option<number | undefined> {
  const { min, max, ...rest } = valued;
  return option({
    ...rest,
    allowed: `a whole number from ${min} to ${max}`,
    parse(text) {
      const number = /^\d+$/.test(text) ? Number(text) : NaN;
      return number >= min && number <= max ? number : undefined;
    },
  });
}

/** An option with a length of time as its value; read in milliseconds. A bare number is seconds. */
export function duration(valued: Valued & { readonly minMs?: number }): Option<number | undefined> {
  const { minMs = 0, ...rest } = valued;
  const least = minMs > 0 ? `, ${formatDuration(minMs)} or more` : "";
  return option({
    ...rest,
    allowed: `seconds, or a duration such as 30s, 5m or 1h30m${least}`,
    parse(text) {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= minMs ? ms : undefined;
    },
  });
}

/** An argument that has to be there. */
export function required(valued: Omit<Valued, "short">): Positional<string> {
  return {
    ...valued,
    count: "one",
    read: ([text]) => text ? { ok: true, value: text } : missing(valued),
  };
}

/** An argument that may be left out. */
export function optional(valued: Omit<Valued, "short">): Positional<string | undefined> {
  return { ...valued, count: "optional", read: ([text]) => ({ ok: true, value: text }) };
}

/** All arguments that are left. */
export function many(
  valued: Omit<Valued, "short"> & { readonly least: 0 | 1 },
): Positional<readonly string[]> {
  const { least, ...rest } = valued;
  return {
    ...rest,
    count: least === 0 ? "any" : "some",
    read: (texts) => texts.length < least ? missing(valued) : { ok: true, value: texts },
  };
}

/**
 * Whether an argument takes all that is left.
 *
 * @param positional the argument
 */
export function takesAll({ count }: Pick<Positional<unknown>, "count">): boolean {
  return count === "any" || count === "some";
}

function missing({ value, doc }: Pick<Valued, "value" | "doc">): Read<never> {
  return wrong(`${value} is missing: ${doc}`);
}

function notAllowed(name: string, text: string, allowed: string): Read<never> {
  return wrong(`${name} is ${JSON.stringify(text)}; allowed: ${allowed}`);
}

function wrong(problem: string): Read<never> {
  return { ok: false, problem };
}

function times(count: number): string {
  return count === 2 ? "twice" : `${count} times`;
}
