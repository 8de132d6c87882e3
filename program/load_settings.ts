import { type Environment, parseSettings, type Settings, type SettingsOf } from "./config.ts";
import knownNames from "./known_names.json" with { type: "json" };
import { createLogger, logSettings } from "./log.ts";
import { helpText } from "./settings_help.ts";

/**
 * Reads a program's settings from its environment, or ends the program: with the table of settings
 * and exit code 0 when `--help` is among its arguments, and with every problem on standard error
 * and exit code 2 when a setting is wrong. Notices are logged as warnings.
 *
 * The program needs `--ignore-env --allow-env=ASYA_*`, and the names of its settings that begin
 * otherwise. With both flags `Deno.env.toObject()` lists the allowed variables and nothing else,
 * which is how an unknown `ASYA_*` name can be seen. An explicit list of names would hide those,
 * and without `--ignore-env` the call is refused unless all variables are allowed.
 *
 * @param program The program's name.
 * @param summary What it does, in one sentence.
 * @param settings Its schema.
 * @param check Finds problems that concern several values together, one sentence each.
 * @returns The values, frozen.
 */
export function loadSettings<S extends Settings>(
  program: string,
  summary: string,
  settings: S,
  check: (config: SettingsOf<S>) => readonly string[] = () => [],
): SettingsOf<S> {
  if (Deno.args.includes("--help")) {
    console.log(helpText(program, summary, settings).trimEnd());
    Deno.exit(0);
  }
  const env = Deno.env.toObject();
  const parsed = parseSettings(settings, env, knownNames);
  logNotices(program, env, parsed.notices);
  const problems = parsed.ok ? check(parsed.config) : parsed.problems;
  if (parsed.ok && problems.length === 0) return parsed.config;
  console.error(`${program} cannot start; its settings have ${count(problems.length)}:`);
  for (const problem of problems) console.error(`  ${problem}`);
  console.error("--help lists every setting.");
  Deno.exit(2);
}

/**
 * Finds `ASYA_` names in an environment that no program reads.
 *
 * @param env The environment variables.
 * @returns One sentence each, with the nearest name that is known.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unknownSettings } from "@asya/program";
 *
 * assert.deepEqual(unknownSettings({ ASYA_LOG_LEVL: "INFO", PATH: "/bin" }), [
 *   "ASYA_LOG_LEVL is not a setting of any program; did you mean ASYA_LOG_LEVEL?",
 * ]);
 * ```
 */
export function unknownSettings(env: Environment): readonly string[] {
  return parseSettings({}, env, knownNames).notices;
}

/**
 * Logs what settings draw attention to, such as older names. For a part of a program that reads
 * settings of its own; {@linkcode loadSettings} does it by itself. Where the logger's own settings
 * are wrong, notices are logged with their defaults.
 *
 * @param program The name on the lines.
 * @param env The environment, for how lines look.
 * @param notices One sentence each.
 */
export function logNotices(
  program: string,
  env: Environment,
  notices: readonly string[],
): void {
  const own = parseSettings(logSettings, env);
  const log = own.ok
    ? createLogger({ program, level: own.config.logLevel, format: own.config.logFormat })
    : createLogger({ program, level: "INFO" });
  for (const notice of notices) log.warn("setting needs attention", { notice });
}

function count(problems: number): string {
  return problems === 1 ? "a problem" : `${problems} problems`;
}
