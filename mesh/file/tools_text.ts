import { type RetryPolicies, retryToWire } from "@asya/protocol";
import type { YamlValue } from "./yaml_reader.ts";

/** The keys of a mesh's file that are the gateway's. */
const GATEWAY_KEYS: readonly string[] = ["tools", "routes", "defaults"];

/** A piece of text that is put in the place of another. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Writes the gateway's tools file from a mesh's file: the gateway's lines stand where they are in
 * that one, so that a place in one is a place in the other; the rest is blank. A step that is a join
 * is written as one, `{join: name}`, and how actors try again stands behind all.
 *
 * @param text the mesh's file, in which nothing is wrong
 * @param root the same, read
 * @param actors what of the actors concerns routes: which of them are joins, and how they try again
 */
export function toolsText(
  text: string,
  root: YamlValue,
  actors: { readonly joins: ReadonlySet<string>; readonly retry: RetryPolicies },
): string {
  const { joins, retry } = actors;
  const entries = root.entries()?.filter(({ name }) => GATEWAY_KEYS.includes(name)) ?? [];
  const pieces: Replacement[] = [];
  let from = 0;
  for (const { start, end } of entries) {
    pieces.push({
      start: from,
      end: start,
      text: text.slice(from, start).replaceAll(/[^\n]/g, " "),
    });
    from = end;
  }
  pieces.push({ start: from, end: text.length, text: retryLine(retry) });
  for (const step of stepsOf(entries)) {
    const name = step.data();
    if (typeof name !== "string" || !joins.has(name)) continue;
    const [start, end] = step.range;
    pieces.push({ start, end, text: `{join: ${name}}` });
  }
  return replaceAll(text, pieces.toSorted((one, other) => one.start - other.start));
}

/** JSON is YAML, and needs one line. */
function retryLine(retry: RetryPolicies): string {
  const policies = Object.entries(retry).map(([step, policy]) => [step, retryToWire(policy)]);
  if (policies.length === 0) return "";
  return `\nretry: ${JSON.stringify(Object.fromEntries(policies))}\n`;
}

/** Every step of every route, named or a tool's own. */
function stepsOf(entries: readonly { name: string; value: YamlValue }[]): YamlValue[] {
  const valuesOf = (name: string) => entries.filter((entry) => entry.name === name);
  const named = valuesOf("routes").flatMap(({ value }) => value.entries() ?? []);
  const own = valuesOf("tools").flatMap(({ value }) => value.items() ?? [])
    .flatMap((tool) => tool.entries()?.filter(({ name }) => name === "route") ?? []);
  return [...named, ...own]
    .flatMap(({ value }) => Array.isArray(value.data()) ? value.items() ?? [] : []);
}

function replaceAll(text: string, pieces: readonly Replacement[]): string {
  let replaced = "";
  let from = 0;
  for (const piece of pieces) {
    replaced += text.slice(from, piece.start) + piece.text;
    from = piece.end;
  }
  return replaced + text.slice(from);
}
