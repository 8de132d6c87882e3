import type { Environment } from "@asya/program";

/** Settings of a gateway that keep somebody out. */
const PROTECTING = [
  ...["ASYA_AUTH", "ASYA_API_TOKENS", "ASYA_INTERNAL_TOKEN"],
  ...["ASYA_RATE_LIMIT", "ASYA_ALLOWED_HOSTS"],
];

/**
 * Warns of settings that somebody relies on, and that reach no process of a mesh.
 *
 * @param env the environment of the caller
 * @returns a sentence, where there are any
 * @example
 * ```ts
 * import { warnOfIgnored } from "./warn_of_ignored.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(warnOfIgnored({ ASYA_LOG_LEVEL: "INFO" }), undefined);
 * assert.match(warnOfIgnored({ ASYA_AUTH: "token" }) ?? "", /^ASYA_AUTH has no effect here/);
 * ```
 */
export function warnOfIgnored(env: Environment): string | undefined {
  const set = PROTECTING.filter((name) => env[name]);
  if (set.length === 0) return undefined;
  return `${set.join(", ")} ${
    set.length === 1 ? "has" : "have"
  } no effect here: the gateway of a ` +
    "mesh lets in everybody on this machine; one that keeps callers apart is started by itself";
}
