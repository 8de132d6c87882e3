import { isJsonObject, type JsonObject } from "../kube_object.ts";

/**
 * A set of fields, as a tree of the steps that lead to them: `f:NAME` is a field, `k:{…}` an item of
 * a list by its keys, `v:…` one by its value. The names are those of `managedFields[].fieldsV1`.
 *
 * To have a field is not to have what is in it, nor the other way round.
 */
export interface FieldSet {
  /** Whether the field itself is in the set. */
  readonly isMember: boolean;
  readonly parts: ReadonlyMap<string, FieldSet>;
}

/** No field at all. */
export const NO_FIELDS: FieldSet = { isMember: false, parts: new Map() };

/** Whether there is no field in a set. */
export function isNone(set: FieldSet): boolean {
  return !set.isMember && [...set.parts.values()].every(isNone);
}

/** Fields that are in either. */
export function unite(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne || inOther);
}

/** Fields that are in both. */
export function intersect(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne && inOther);
}

/** Fields of the first that are not in the second. */
export function subtract(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne && !inOther);
}

function combine(
  one: FieldSet,
  other: FieldSet,
  isIn: (inOne: boolean, inOther: boolean) => boolean,
): FieldSet {
  const parts = new Map<string, FieldSet>();
  for (const step of new Set([...one.parts.keys(), ...other.parts.keys()])) {
    const part = combine(at(one, step), at(other, step), isIn);
    if (!isNone(part)) parts.set(step, part);
  }
  return { isMember: isIn(one.isMember, other.isMember), parts };
}

/** What of a set is behind a step. */
export function at(set: FieldSet, step: string): FieldSet {
  return set.parts.get(step) ?? NO_FIELDS;
}

/** A set without some fields and everything in them. */
export function without(set: FieldSet, steps: readonly string[]): FieldSet {
  return { ...set, parts: new Map([...set.parts].filter(([step]) => !steps.includes(step))) };
}

/** Every field of a set as its path, in the order in which conflicts are told. */
export function pathsOf(set: FieldSet): string[] {
  const steps = [...set.parts].toSorted(([one], [other]) => compareSteps(one, other));
  return [
    ...steps.filter(([, part]) => part.isMember).map(([step]) => writeStep(step)),
    ...steps.flatMap(([step, part]) => pathsOf(part).map((rest) => writeStep(step) + rest)),
  ];
}

/** Fields come before keys, keys before values. */
function compareSteps(one: string, other: string): number {
  const rank = "fkvi";
  const byKind = rank.indexOf(one[0] ?? "") - rank.indexOf(other[0] ?? "");
  return byKind || (one < other ? -1 : one > other ? 1 : 0);
}

/** A step as messages have it: `.spec`, `[name="c"]`, `[="x"]`. */
export function writeStep(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return `.${rest}`;
  if (step.startsWith("v:")) return `[=${rest}]`;
  const keys: JsonObject = JSON.parse(rest);
  return `[${Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`)}]`;
}

/** Reads the `fieldsV1` of an entry of `managedFields`. */
export function decodeFields(fields: unknown): FieldSet {
  return { ...decodePart(fields), isMember: false };
}

function decodePart(fields: unknown): FieldSet {
  const entries = isJsonObject(fields) ? Object.entries(fields) : [];
  return {
    isMember: entries.length === 0 || entries.some(([step]) => step === "."),
    parts: new Map(
      entries.filter(([step]) => step !== ".").map(([step, part]) => [step, decodePart(part)]),
    ),
  };
}

/** Writes a set as `fieldsV1`. */
export function encodeFields(set: FieldSet): JsonObject {
  const steps = [...set.parts].toSorted(([one], [other]) => compareSteps(one, other));
  const parts = steps.map(([step, part]): [string, unknown] => [step, encodeFields(part)]);
  return Object.fromEntries(set.isMember && parts.length > 0 ? [[".", {}], ...parts] : parts);
}

/** Gathers fields one by one. */
export class FieldSetBuilder {
  #root: Branch = { isMember: false, parts: new Map() };

  /** Puts a field into the set; the whole object is no field. */
  add(path: readonly string[]): void {
    if (path.length === 0) return;
    let branch = this.#root;
    for (const step of path) {
      const next = branch.parts.get(step) ?? { isMember: false, parts: new Map() };
      branch.parts.set(step, next);
      branch = next;
    }
    branch.isMember = true;
  }

  /** What was gathered. */
  get set(): FieldSet {
    return this.#root;
  }
}

/** The set of the fields that some paths lead to. */
export function fieldsOfPaths(paths: readonly (readonly string[])[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.set;
}

interface Branch {
  isMember: boolean;
  readonly parts: Map<string, Branch>;
}
