/**
 * Settings of a program, one value each: a name, a kind, a default, a range, and a sentence.
 *
 * @module
 */
import { parseAddress } from "./parse_address.ts";
import { formatBytes, parseBytes } from "./parse_bytes.ts";
import { formatDuration, parseDuration } from "./parse_duration.ts";

/** What came of reading a value: the value, or a problem when there is more to say than "no". */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem?: string };

/** An older name of a setting, still accepted with a notice. */
export interface Alias {
  /** The older environment variable. */
  readonly env: string;
  /** The older values and what each is written as today; without it, values mean the same. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Another variable that, where it is set, says what this one means when it is not. */
export interface Implication {
  /** The other variable. */
  readonly env: string;
  /** What this one is then, written as it would be there. */
  readonly text: string;
}

/** One setting: how it is called, read, checked and explained. `T` is the type of its value. */
export interface Setting<T> {
  /** The environment variable. */
  readonly env: string;
  /** What it is for, in one sentence or phrase. */
  readonly doc: string;
  /** The kind of value in one word, as shown in tables. */
  readonly kind: string;
  /** The values that are allowed, in words. */
  readonly allowed: string;
  /** Whether the program refuses to start without it. */
  readonly required: boolean;
  /** Whether the value must never be shown. */
  readonly secret: boolean;
  /** What is read when the variable is not set, written as it would be there. */
  readonly defaultText: string | undefined;
  /** Older names. */
  readonly aliases: readonly Alias[];
  /** Variables that count more than the default; the first that is set decides. */
  readonly impliedBy: readonly Implication[];
  /** Whether an empty variable is a value of its own; otherwise it counts as not set. */
  readonly emptyIsValue: boolean;
  /** Whether it is still accepted but has no effect. */
  readonly retired: boolean;
  /** Reads what the variable holds. */
  parse(text: string): Parsed<T>;
}

/** What every kind of setting takes. */
export interface SettingOptions {
  /** The environment variable. */
  readonly env: string;
  /** What it is for, in one sentence or phrase. */
  readonly doc: string;
  /** Whether the value must never be shown. */
  readonly secret?: boolean;
  /** Older names, still accepted with a notice. */
  readonly aliases?: readonly Alias[];
  /** Variables that count more than the default; the first that is set decides. */
  readonly impliedBy?: readonly Implication[];
}

/** Says that a value is always there, because it is required or has a default of type `D`. */
export type Always<D> = { readonly required: true } | { readonly default: D };

/** Creates settings of one kind: `D` is how a default is written, `O` what else may be said. */
export interface Kind<T, D, O = unknown> {
  /** One that always has a value: it is required, or has a default. */
  (options: SettingOptions & O & Always<D>): Setting<T>;
  /** One that is `undefined` where it is not set. */
  (options: SettingOptions & O): Setting<T | undefined>;
}

/** Limits of a numeric setting; for a duration in milliseconds, for a size in bytes. */
export interface Range {
  /** The smallest value allowed. */
  readonly min?: number;
  /** The largest value allowed. */
  readonly max?: number;
}

/** What a text setting may add. */
export interface TextOptions {
  /** What the whole text must match; say in `allowed` what that means. */
  readonly pattern?: RegExp;
  /** The pattern in words. */
  readonly allowed?: string;
}

/** Text, with spaces around it removed. */
export const text: Kind<string, string, TextOptions> = createKind((options) => ({
  kind: "text",
  allowed: options.allowed ?? "any text",
  parse: (input) => accept(options.pattern?.test(input) === false ? undefined : input),
}));

/** A whole number. */
export const integer: Kind<number, number, Range> = createKind((options) => ({
  kind: "integer",
  allowed: `a whole number${inRange(options, String)}`,
  parse: (input) => accept(within(options, /^[+-]?\d+$/.test(input) ? Number(input) : undefined)),
}));

/** A length of time; the value is in milliseconds. A bare number is seconds. */
export const duration: Kind<number, string, Range> = createKind((options) => ({
  kind: "duration",
  allowed: `seconds, or a duration such as 250ms, 5m or 1h30m${inRange(options, formatDuration)}`,
  parse: (input) => accept(within(options, parseDuration(input))),
}));

/** A number of bytes. */
export const bytes: Kind<number, string, Range> = createKind((options) => ({
  kind: "size",
  allowed: `bytes, or a size such as 64KiB or 4 MB${inRange(options, formatBytes)}`,
  parse: (input) => accept(within(options, parseBytes(input))),
}));

const truths: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** A yes or a no; letter case does not matter. */
export const boolean: Kind<boolean, boolean> = createKind(() => ({
  kind: "boolean",
  allowed: "true or false (also 1/0, yes/no, on/off)",
  parse: (input) => accept(truths.get(input.toLowerCase())),
}));

/** A file mode in octal, with or without `0o`. An empty variable means `undefined`: leave as is. */
export function octal(
  options: SettingOptions & { readonly default?: string },
): Setting<number | undefined> {
  return createSetting<number | undefined>(options, {
    kind: "octal",
    allowed: "a file mode in octal, 0 to 777, such as 0o660 or 660; or empty",
    emptyIsValue: true,
    parse: (input) => {
      if (input === "") return { ok: true, value: undefined };
      return accept(/^(?:0o?)?[0-7]{1,3}$/i.test(input) ? octalValue(input) : undefined);
    },
  });
}

/** One of the given words; letter case does not matter, the value is the word as given here. */
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] } & Always<NoInfer<C>>,
): Setting<C>;
/** One of the given words, or `undefined` when not set. */
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] },
): Setting<C | undefined>;
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] },
): Setting<C> {
  return createSetting(options, {
    kind: "choice",
    allowed: options.choices.join(", "),
    parse: (input) =>
      accept(options.choices.find((word) => word.toLowerCase() === input.toLowerCase())),
  });
}

/** What a URL setting adds: the schemes that are allowed, such as `https` or `https:`. */
export interface UrlOptions {
  /** The allowed schemes, with or without their colon. */
  readonly protocols: readonly string[];
}

/** A URL; the value is the text as written. A password in it is kept out of messages and logs. */
export const url: Kind<string, string, UrlOptions> = createKind((options) => {
  const schemes = options.protocols.map((protocol) => protocol.replace(/:$/, ""));
  return {
    kind: "url",
    allowed: `a URL that begins with ${schemes.map((scheme) => `${scheme}:`).join(" or ")}`,
    parse: (input) => {
      const scheme = URL.parse(input)?.protocol.slice(0, -1);
      return accept(scheme !== undefined && schemes.includes(scheme) ? input : undefined);
    },
  };
});

/** An address to listen on or to connect to; the value is the text as written. */
export const address: Kind<string, string> = createKind(() => ({
  kind: "address",
  allowed: "host:port, or :port for every interface",
  parse: (input) => accept(parseAddress(input) === undefined ? undefined : input),
}));

/** Words separated by commas; spaces around them and empty ones are dropped. */
export const list: Kind<readonly string[], string, TextOptions> = createKind((options) => ({
  kind: "list",
  allowed: `${options.allowed ?? "words"}, separated by commas`,
  parse: (input) => {
    const items = input.split(",").map((item) => item.trim()).filter((item) => item !== "");
    const refused = items.find((item) => options.pattern?.test(item) === false);
    return refused === undefined
      ? { ok: true, value: items }
      : { ok: false, problem: `${JSON.stringify(refused)} is not allowed` };
  },
}));

/** What a JSON setting adds: how the parsed value is checked, and what is allowed in words. */
export interface JsonOptions<T> {
  /** Checks what `JSON.parse` gave and turns it into the value. */
  readonly parse: (value: unknown) => Parsed<T>;
  /** The allowed shape in words. */
  readonly allowed?: string;
}

/** A JSON value, checked by the given function. */
export function json<T>(options: SettingOptions & JsonOptions<T> & Always<string>): Setting<T>;
/** A JSON value, or `undefined` when not set. */
export function json<T>(options: SettingOptions & JsonOptions<T>): Setting<T | undefined>;
export function json<T>(options: SettingOptions & JsonOptions<T>): Setting<T> {
  return createSetting(options, {
    kind: "json",
    allowed: options.allowed ?? "JSON",
    parse: (input) => {
      let value: unknown;
      try {
        value = JSON.parse(input);
      } catch {
        return { ok: false, problem: "it is not JSON" };
      }
      return options.parse(value);
    },
  });
}

/** A setting of earlier versions: still accepted, has no effect, and a notice says so. */
export function retired(options: { readonly env: string; readonly doc: string }): Setting<
  undefined
> {
  return {
    ...createSetting<undefined>(options, {
      kind: "retired",
      allowed: "anything",
      parse: () => ({ ok: true, value: undefined }),
    }),
    retired: true,
  };
}

/** What makes one kind of setting different from another. */
type KindOf<T> = Pick<Setting<T>, "kind" | "allowed" | "parse"> & { readonly emptyIsValue?: true };

function createKind<T, D, O>(describe: (options: O) => KindOf<T>): Kind<T, D, O> {
  return (options: SettingOptions & O) => createSetting(options, describe(options));
}

function createSetting<T>(
  options: SettingOptions & { readonly required?: true; readonly default?: unknown },
  kind: KindOf<T>,
): Setting<T> {
  return {
    env: options.env,
    doc: options.doc,
    kind: kind.kind,
    allowed: kind.allowed,
    required: options.required ?? false,
    secret: options.secret ?? false,
    defaultText: options.default === undefined ? undefined : String(options.default),
    aliases: options.aliases ?? [],
    impliedBy: options.impliedBy ?? [],
    emptyIsValue: kind.emptyIsValue ?? false,
    retired: false,
    parse: kind.parse,
  };
}

function accept<T>(value: T | undefined): Parsed<T> {
  return value === undefined ? { ok: false } : { ok: true, value };
}

function octalValue(input: string): number {
  return Number.parseInt(input.replace(/^0o/i, ""), 8);
}

function within(range: Range, value: number | undefined): number | undefined {
  if (value === undefined || !Number.isSafeInteger(value)) return undefined;
  return value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity) ? value : undefined;
}

function inRange({ min, max }: Range, write: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return `, ${write(min)} to ${write(max)}`;
  if (min !== undefined) return `, ${write(min)} or more`;
  return max === undefined ? "" : `, ${write(max)} or less`;
}
