import { cause } from "../cause.ts";
import { isSame, type JsonObject, type KubeObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { IMMUTABLE, keyProblems } from "./words.ts";

/** The most that a ConfigMap or Secret holds. */
const MAX_BYTES = 1024 * 1024;

/** What is wrong with a ConfigMap. */
export function checkConfigMap(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  const both = Object.keys(objectOf(object.data)).filter((key) =>
    key in objectOf(object.binaryData)
  );
  return [
    ...both.map((key) => {
      const why = `duplicate of key present in binaryData`;
      return cause.invalid(`data[${key}]`, key, why);
    }),
    ...checkKeys(object, ["data", "binaryData"], ""),
    ...checkFrozen(object, old, ["data", "binaryData"]),
  ];
}

/** What is wrong with a Secret. */
export function checkSecret(object: KubeObject, old: KubeObject | undefined): StatusCause[] {
  return [
    ...checkKeys(object, ["data"], "data"),
    ...checkFrozen(object, old, ["data"]),
    ...(old && old.type !== object.type ? [cause.invalid("type", object.type, IMMUTABLE)] : []),
  ];
}

function objectOf(value: unknown): JsonObject {
  return (value ?? {}) as JsonObject;
}

function checkKeys(object: KubeObject, fields: readonly string[], path: string): StatusCause[] {
  let bytes = 0;
  const causes = fields.flatMap((field) =>
    Object.entries(objectOf(object[field])).flatMap(([key, value]) => {
      const isText = field === "data" && path === "";
      bytes += isText
        ? new TextEncoder().encode(String(value)).length
        : String(value).length * 3 / 4;
      return keyProblems(key).map((why) => cause.invalid(`${field}[${key}]`, key, why));
    })
  );
  return bytes > MAX_BYTES ? [...causes, cause.tooLong(path || "[]", MAX_BYTES)] : causes;
}

/** What says that it never changes does not, nor does it take that back. */
function checkFrozen(
  object: KubeObject,
  old: KubeObject | undefined,
  fields: readonly string[],
): StatusCause[] {
  if (!old?.immutable) return [];
  const why = "field is immutable when `immutable` is set";
  const changed = fields.filter((field) => !isSame(object[field], old[field]));
  return [...(object.immutable ? [] : ["immutable"]), ...changed]
    .map((field) => cause.forbidden(field, why));
}
