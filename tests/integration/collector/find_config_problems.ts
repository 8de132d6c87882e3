import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { DOCUMENTED, type Keys, PARTS, SERVICE } from "./documented_keys.ts";

/**
 * Finds what a collector would refuse in its configuration, as far as that can be known without one:
 * components that nobody defines or uses, pipelines of no known kind, keys that no documentation
 * names, and an order in which memory would not be limited.
 *
 * @param config all that a collector is told
 * @returns one sentence each
 */
export function findConfigProblems(config: JsonObject): string[] {
  const { service, ...sections } = config;
  const { pipelines, extensions } = objectOf(service);
  const named: Record<string, Set<string>> = { extensions: new Set(textsOf(extensions)) };
  const problems = unknownKeys(service ?? null, SERVICE, "service");
  for (const [id, pipeline] of Object.entries(objectOf(pipelines))) {
    if (!/^(traces|metrics|logs)(\/|$)/.test(id)) problems.push(`${id} is no kind of pipeline`);
    problems.push(...orderProblems(id, textsOf(objectOf(pipeline).processors)));
    for (const part of PARTS) {
      const ids = textsOf(objectOf(pipeline)[part]);
      if (part !== "processors" && ids.length === 0) problems.push(`${id} has no ${part}`);
      named[part] = (named[part] ?? new Set()).union(new Set(ids));
    }
  }
  for (const [section, known] of Object.entries(DOCUMENTED)) {
    const defined = objectOf(sections[section]);
    const used = named[section] ?? new Set();
    for (const id of used.difference(new Set(Object.keys(defined)))) {
      problems.push(`${section} has no ${id}, which is used`);
    }
    for (const [id, value] of Object.entries(defined)) {
      const keys = known[id.split("/")[0] ?? ""];
      if (!used.has(id)) problems.push(`${section}.${id} is used nowhere`);
      if (keys === undefined) problems.push(`${section}.${id} is of no documented type`);
      else problems.push(...unknownKeys(value, keys, `${section}.${id}`));
    }
  }
  const strange = Object.keys(sections).filter((name) => DOCUMENTED[name] === undefined);
  return [...problems, ...strange.map((name) => `${name} is no section`)];
}

/** Memory is limited before anything is kept, and batches are made of what is left at the end. */
function orderProblems(id: string, processors: readonly string[]): string[] {
  return [
    ...(processors[0] === "memory_limiter" ? [] : [`${id} does not begin with memory_limiter`]),
    ...(processors.at(-1) === "batch" ? [] : [`${id} does not end with batch`]),
  ];
}

function unknownKeys(value: Json, keys: Keys, path: string): string[] {
  if (keys === "any" || value === null) return [];
  if (isList(keys)) {
    return Array.isArray(value)
      ? value.flatMap((entry, at) => unknownKeys(entry, keys[0], `${path}[${at}]`))
      : [`${path} is no list`];
  }
  if (!isJsonObject(value)) return [`${path} is no object`];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = keys[key];
    return known === undefined
      ? [`${path}.${key} is not documented`]
      : unknownKeys(inner ?? null, known, `${path}.${key}`);
  });
}

function isList(keys: Keys): keys is readonly [Keys] {
  return Array.isArray(keys);
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * Lays one configuration over another as a collector does that is given several files: maps are
 * completed, everything else is replaced.
 *
 * @param under the first file
 * @param over the one that wins
 */
export function layOver(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...under as Record<string, Json> };
  for (const [key, value = null] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isJsonObject(before) && isJsonObject(value) ? layOver(before, value) : value;
  }
  return merged;
}

/**
 * The variables that a configuration reads, in order.
 *
 * @param text of the configuration
 */
export function variablesIn(text: string): string[] {
  const code = text.split("\n").filter((line) => !/^\s*#/.test(line)).join("\n");
  return [...new Set([...code.matchAll(/\$\{env:([A-Z0-9_]+)/g)].map(([, name = ""]) => name))]
    .sort();
}
