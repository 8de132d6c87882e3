import { nearestName, parseDuration } from "@asya/program";
import { readRetryPolicy, RETRY_KEYS, type RetryPolicy } from "@asya/protocol";
import type { YamlValue } from "./yaml_reader.ts";

/**
 * Reads how an actor's failed work is tried again.
 *
 * @param value the value of `retry`; whatever is wrong with it is added to its file's problems
 * @example
 * ```ts
 * import { openYaml } from "./yaml_reader.ts";
 * import { readRetry } from "./read_retry.ts";
 * import assert from "node:assert/strict";
 * const { root, problems } = openYaml("{ attempts: 5, base: 500ms, jitter: 2 }");
 * assert.deepEqual(readRetry(root), { attempts: 5, baseMs: 500 });
 * assert.equal(problems()[0]?.message, "jitter is 2; a number from 0 to 1 is allowed");
 * ```
 */
export function readRetry(value: YamlValue): RetryPolicy {
  const fields = value.fields(RETRY_KEYS);
  if (!fields) return {};
  return readRetryPolicy({
    value: (key) => fields[key]?.data() ?? undefined,
    refuse(key, allowed, item) {
      const wrong = item === undefined ? fields[key] : fields[key]?.items()?.[item];
      wrong?.refuseFor(allowed);
    },
    readDuration: parseDuration,
    nearestName,
  });
}
