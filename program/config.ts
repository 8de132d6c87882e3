import { nearestName } from "./nearest_name.ts";
import type { Setting } from "./setting.ts";

/** The settings of a program: the name of each value in code, and how it is read. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of a program's settings, each of the type that its setting reads. */
export type SettingsOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What came of reading all settings: the values, or every problem. */
export type ParsedSettings<S extends Settings> =
  | {
    readonly ok: true;
    readonly config: SettingsOf<S>;
    /** Things to tell the operator that do not stop the program, one sentence each. */
    readonly notices: readonly string[];
  }
  | {
    readonly ok: false;
    /** Everything that is wrong, one sentence each: name, value unless secret, what is allowed. */
    readonly problems: readonly string[];
    readonly notices: readonly string[];
  };

/** The prefix of every setting that is ours. */
const prefix = "ASYA_";

/**
 * Checks a schema of settings and returns it as it is.
 *
 * @param settings The settings by the name of their value.
 * @returns The same object, with its precise type.
 * @throws TypeError When two settings share a variable, or when a default is not an allowed value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineSettings, duration, parseSettings, type SettingsOf } from "@asya/program";
 *
 * const settings = defineSettings({
 *   graceMs: duration({ env: "ASYA_SHUTDOWN_GRACE", default: "25s", doc: "time to finish work" }),
 * });
 * type Config = SettingsOf<typeof settings>;
 *
 * const parsed = parseSettings(settings, { ASYA_SHUTDOWN_GRACE: "1m" });
 * assert(parsed.ok);
 * const config: Config = parsed.config;
 * assert.equal(config.graceMs, 60_000);
 * ```
 */
export function defineSettings<const S extends Settings>(settings: S): S {
  const seen = new Set<string>();
  for (const name of envNames(settings)) {
    if (seen.has(name)) throw new TypeError(`two settings read ${name}; each needs its own`);
    seen.add(name);
  }
  for (const setting of Object.values(settings)) {
    for (const text of [setting.defaultText, ...setting.impliedBy.map(({ text }) => text)]) {
      if (text === undefined || setting.parse(text).ok) continue;
      throw new TypeError(
        `the default of ${setting.env} is ${JSON.stringify(text)}; allowed: ${setting.allowed}`,
      );
    }
  }
  return settings;
}

/**
 * Reads every setting from an environment and collects every problem, instead of stopping at the
 * first one.
 *
 * @param settings The program's schema.
 * @param env The environment variables; an empty one counts as not set unless its kind says
 *   otherwise.
 * @param known Further names that draw no warning, since other programs read them.
 * @returns The values, or all problems; in both cases the notices.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineSettings, integer, parseSettings, text } from "@asya/program";
 *
 * const settings = defineSettings({
 *   queueName: text({ env: "ASYA_QUEUE_NAME", required: true, doc: "the queue to serve" }),
 *   prefetch: integer({ env: "ASYA_PREFETCH", default: 1, min: 1, doc: "messages at a time" }),
 * });
 * const parsed = parseSettings(settings, { ASYA_PREFETCH: "none" });
 * assert.deepEqual(parsed.ok ? [] : parsed.problems, [
 *   "ASYA_QUEUE_NAME is not set; it is required (the queue to serve)",
 *   'ASYA_PREFETCH is "none"; allowed: a whole number, 1 or more',
 * ]);
 * ```
 */
export function parseSettings<S extends Settings>(
  settings: S,
  env: Environment,
  known: readonly string[] = [],
): ParsedSettings<S> {
  const problems: string[] = [];
  const notices: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const source = findText(setting, env, notices);
    if (source === undefined) {
      if (setting.required) {
        problems.push(`${setting.env} is not set; it is required (${setting.doc})`);
      }
      config[key] = undefined;
      continue;
    }
    const parsed = source.allowed === undefined
      ? setting.parse(source.text)
      : { ok: false as const, problem: undefined };
    if (parsed.ok) config[key] = parsed.value;
    else problems.push(describeProblem(setting, source, parsed.problem));
  }
  notices.push(...unknownNames(settings, env, known));
  return problems.length > 0
    ? { ok: false, problems, notices }
    : { ok: true, config: Object.freeze(config) as SettingsOf<S>, notices };
}

/**
 * Lists every environment variable that a schema reads, older names included.
 *
 * @param settings The program's schema.
 * @returns The names in the order of the schema.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { envNames, logSettings } from "@asya/program";
 *
 * assert.deepEqual(envNames(logSettings), ["ASYA_LOG_LEVEL", "ASYA_LOG_FORMAT"]);
 * ```
 */
export function envNames(settings: Settings): string[] {
  return Object.values(settings).flatMap((setting) => [
    setting.env,
    ...setting.aliases.map((alias) => alias.env),
  ]);
}

/**
 * Collects the values that must never be shown: those of secret settings, and passwords in URLs.
 * What equals a default is public and is left out.
 *
 * @param settings The program's schema.
 * @param config The values that were read with it.
 * @returns The values, passwords both as written and percent-decoded; give them to the logger.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineSettings, secretsOf, text } from "@asya/program";
 *
 * const settings = defineSettings({
 *   token: text({ env: "ASYA_TOKEN", secret: true, doc: "who we are" }),
 * });
 * assert.deepEqual(secretsOf(settings, { token: "s3cret" }), ["s3cret"]);
 * ```
 */
export function secretsOf<S extends Settings>(settings: S, config: SettingsOf<S>): string[] {
  const secrets = new Set<string>();
  for (const [key, setting] of Object.entries(settings)) {
    const value: unknown = config[key as keyof S];
    if (typeof value === "string") {
      if (value === setting.defaultText) continue;
      if (setting.secret) secrets.add(value);
      if (setting.kind === "url") { for (const part of passwords(value)) secrets.add(part); }
    } else if (Array.isArray(value) && setting.secret) {
      for (const item of value) secrets.add(String(item));
    }
  }
  secrets.delete("");
  return [...secrets];
}

/** Where the text of a value came from; `allowed` is there when an older value has no meaning. */
interface Source {
  readonly name: string;
  readonly text: string;
  readonly allowed?: string;
}

function findText(
  setting: Setting<unknown>,
  env: Environment,
  notices: string[],
): Source | undefined {
  const own = read(setting, env[setting.env]);
  if (setting.retired && own !== undefined) {
    notices.push(`${setting.env} has no effect any more: ${setting.doc}`);
  }
  let found: Source | undefined = own === undefined ? undefined : { name: setting.env, text: own };
  for (const alias of setting.aliases) {
    const old = read(setting, env[alias.env]);
    if (old === undefined) continue;
    if (found !== undefined) {
      notices.push(`${alias.env} is ignored, since ${found.name} is set`);
      continue;
    }
    notices.push(`${alias.env} is an older name; please set ${setting.env} instead`);
    found = translate(alias, old);
  }
  if (found !== undefined) return found;
  const implied = setting.impliedBy.find(({ env: other }) => env[other]?.trim());
  const text = implied?.text ?? setting.defaultText;
  return text === undefined ? undefined : { name: setting.env, text };
}

function read(setting: Setting<unknown>, value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" && !setting.emptyIsValue ? undefined : trimmed;
}

function translate(alias: { env: string; values?: Readonly<Record<string, string>> }, old: string) {
  const name = alias.env;
  if (alias.values === undefined) return { name, text: old };
  const text = Object.hasOwn(alias.values, old) ? alias.values[old] : undefined;
  return text === undefined
    ? { name, text: old, allowed: Object.keys(alias.values).join(", ") }
    : { name, text };
}

function describeProblem(
  setting: Setting<unknown>,
  source: Source,
  problem: string | undefined,
): string {
  const got = setting.secret
    ? "holds a value that is not allowed (not shown: it is a secret)"
    : `is ${JSON.stringify(hidePassword(source.text))}`;
  const why = problem === undefined || setting.secret ? "" : `: ${problem}`;
  return `${source.name} ${got}${why}; allowed: ${source.allowed ?? setting.allowed}`;
}

/**
 * Masks a password in what is, or was meant to be, a URL: a mistyped one need not parse, may lack
 * its scheme, and its password may hold an unescaped `@` or `/`.
 *
 * @param text What is about to be shown.
 * @returns The same with `***` for what stands between a user's name and the last `@` of a word.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hidePassword } from "@asya/program";
 *
 * assert.equal(hidePassword("amqp://me:s3/c@ret@mq:5672/"), "amqp://me:***@mq:5672/");
 * assert.equal(hidePassword("me:s3cret@mq"), "me:***@mq");
 * ```
 */
export function hidePassword(text: string): string {
  return text.replace(/((?:\/\/[^/@:\s]*)?):(?!\/\/)\S*@/g, "$1:***@");
}

function passwords(value: string): string[] {
  const written = URL.parse(value)?.password ?? "";
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written]; // a lone percent sign: the password can only appear as written
  }
}

function unknownNames(settings: Settings, env: Environment, known: readonly string[]): string[] {
  const allKnown = new Set([...envNames(settings), ...known]);
  const unknown = Object.keys(env).filter((name) =>
    name.startsWith(prefix) && !allKnown.has(name) && env[name] !== undefined
  );
  return unknown.sort().map((name) => {
    const nearest = nearestName(
      name.slice(prefix.length),
      [...allKnown].filter((other) => other.startsWith(prefix)).map((other) =>
        other.slice(prefix.length)
      ),
    );
    const hint = nearest === undefined ? "" : `; did you mean ${prefix}${nearest}?`;
    return `${name} is not a setting of any program${hint}`;
  });
}
