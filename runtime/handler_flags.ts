/** What a handler may be given or denied, as Deno names it. */
const KINDS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

const FLAG = new RegExp(`^--(allow|deny)-(${KINDS.join("|")})(=.+)?$`);

/**
 * Checks the permissions an operator gives to a handler: a closed list of kinds, never everything.
 *
 * @param args the runtime's own arguments
 * @returns what is wrong with them, one sentence each
 * @example
 * ```ts
 * import { checkHandlerFlags } from "./handler_flags.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(checkHandlerFlags(["--allow-net=api.example.com", "--allow-read=./samples"]), []);
 * assert.equal(checkHandlerFlags(["-A"]).length, 1);
 * ```
 */
export function checkHandlerFlags(args: readonly string[]): string[] {
  return args.filter((arg) => !FLAG.test(arg)).map((arg) =>
    `the argument ${JSON.stringify(arg)} is not allowed; allowed: permissions of the handler ` +
    `(--allow-KIND=… or --deny-KIND=…, where KIND is ${KINDS.join(", ")})`
  );
}

/**
 * Whether the handler may read an environment variable.
 *
 * @param flags the handler's permissions
 * @param name of the variable
 * @example
 * ```ts
 * import { grantsEnv } from "./handler_flags.ts";
 * import assert from "node:assert/strict";
 * assert.equal(grantsEnv(["--allow-env=API_KEY,ASYA_S3_*"], "ASYA_S3_BUCKET"), true);
 * assert.equal(grantsEnv(["--allow-env=API_KEY"], "ASYA_INTERNAL_TOKEN"), false);
 * ```
 */
export function grantsEnv(flags: readonly string[], name: string): boolean {
  return flags.some((flag) => {
    if (flag === "--allow-env") return true;
    if (!flag.startsWith("--allow-env=")) return false;
    return flag.slice("--allow-env=".length).split(",").some((granted) =>
      granted.endsWith("*") ? name.startsWith(granted.slice(0, -1)) : granted === name
    );
  });
}

/**
 * What the handler's process gets instead of our settings and credentials: even a program that the
 * handler may run sees only those that the handler was given.
 *
 * @param names of the variables there are
 * @param flags the handler's permissions
 * @returns an empty value for each that is withheld
 * @example
 * ```ts
 * import { withheldVariables } from "./handler_flags.ts";
 * import assert from "node:assert/strict";
 * const names = ["ASYA_INTERNAL_TOKEN", "ASYA_S3_BUCKET", "PATH"];
 * assert.deepEqual(withheldVariables(names, ["--allow-env=ASYA_S3_*"]), { ASYA_INTERNAL_TOKEN: "" });
 * ```
 */
export function withheldVariables(
  names: readonly string[],
  flags: readonly string[],
): Record<string, string> {
  const withheld = names.filter((name) => name.startsWith("ASYA_") && !grantsEnv(flags, name));
  return Object.fromEntries(withheld.map((name) => [name, ""]));
}
