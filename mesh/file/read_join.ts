import { parseDuration } from "@asya/program";
import { type JoinKey, type JoinOptions, readJoin } from "@asya/protocol";
import type { YamlValue } from "./yaml_reader.ts";

/** What an actor that is a join may say; whose fan-out it closes is a matter of each route. */
const ACTOR_KEYS = ["quorum", "wait", "timeout", "late"] as const;

/**
 * Reads whether an actor is a join, and how it waits.
 *
 * @param value the value of `join`: yes, no, or how; what is wrong is added to its file's problems
 * @returns how it waits, or `undefined` for an actor that is none
 * @example
 * ```ts
 * import { openYaml } from "./yaml_reader.ts";
 * import { readActorJoin } from "./read_join.ts";
 * import assert from "node:assert/strict";
 * const { root, problems } = openYaml("{ quorum: 2, timeout: 5m, late: keep }");
 * assert.deepEqual(readActorJoin(root), { quorum: 2, timeoutMs: 300_000 });
 * assert.equal(problems()[0]?.message, 'late is "keep"; drop or dead-letter is allowed');
 * ```
 */
export function readActorJoin(value: YamlValue): JoinOptions | undefined {
  if (!isMapping(value)) return value.boolean() ? {} : undefined;
  const fields = value.fields(ACTOR_KEYS);
  return fields && readFields(fields);
}

/**
 * Whether a value is a mapping, of which nobody else is to say that it is none.
 *
 * @param value any value
 */
export function isMapping(value: YamlValue): boolean {
  const data = value.data();
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function readFields(fields: { readonly [K in JoinKey]?: YamlValue }): JoinOptions {
  return readJoin({
    value: (key) => fields[key]?.data() ?? undefined,
    refuse: (key, allowed) => fields[key]?.refuseFor(allowed),
    readDuration: parseDuration,
  });
}
