import { isJsonObject, isSame, type JsonObject } from "../kube_object.ts";
import { StatusError } from "../status_error.ts";

/**
 * Merges a patch into a value: RFC 7386.
 *
 * @param target what is patched; it stays as it is
 * @param patch what changes; `null` removes
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [field, change] of Object.entries(patch)) {
    if (change === null) delete merged[field];
    else merged[field] = mergePatch(merged[field], change);
  }
  return merged;
}

/**
 * Does the operations of a JSON patch one after another: RFC 6902.
 *
 * @param target what is patched; it stays as it is
 * @param patch the operations
 * @throws StatusError 422 where one cannot be done, as the API server says it; 400 for no patch
 */
export function jsonPatch(target: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw new StatusError(
      400,
      "BadRequest",
      "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
    );
  }
  const holder: Holder = { root: structuredClone(target) };
  for (const operation of patch) apply(holder, operation);
  return holder.root;
}

interface Holder {
  root: unknown;
}

function apply(holder: Holder, operation: unknown): void {
  if (!isJsonObject(operation)) throw refuse();
  const { op, path, from, value } = operation as Record<string, unknown>;
  if (typeof path !== "string") throw refuse();
  const at = parsePointer(path);
  switch (op) {
    case "add":
      return put(holder, at, structuredClone(value), "add");
    case "replace":
      read(holder, at);
      return put(holder, at, structuredClone(value), "replace");
    case "remove":
      return take(holder, at);
    case "test":
      if (isSame(readOr(holder, at, null), value ?? null)) return;
      throw refuse();
    case "copy":
      return put(holder, at, structuredClone(read(holder, parsePointer(from))), "add");
    case "move": {
      const source = parsePointer(from);
      const moved = read(holder, source);
      take(holder, source);
      return put(holder, at, moved, "add");
    }
    default:
      throw refuse();
  }
}

function parsePointer(pointer: unknown): string[] {
  return String(pointer ?? "").split("/").slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function read(holder: Holder, at: readonly string[]): unknown {
  const missing = Symbol();
  const value = readOr(holder, at, missing);
  if (value !== missing) return value;
  throw refuse();
}

function readOr(holder: Holder, at: readonly string[], fallback: unknown): unknown {
  let value = holder.root;
  for (const part of at) {
    if (Array.isArray(value) && Number(part) < value.length) value = value[Number(part)];
    else if (isJsonObject(value) && part in value) value = value[part];
    else return fallback;
  }
  return value;
}

function put(holder: Holder, at: readonly string[], value: unknown, what: "add" | "replace"): void {
  const last = at.at(-1);
  if (last === undefined) {
    holder.root = value;
    return;
  }
  const parent = readParent(holder, at);
  if (!Array.isArray(parent)) parent[last] = value;
  else if (what === "replace") parent[Number(last)] = value;
  else parent.splice(last === "-" ? parent.length : Number(last), 0, value);
}

function take(holder: Holder, at: readonly string[]): void {
  read(holder, at);
  const parent = readParent(holder, at);
  const last = at.at(-1) ?? "";
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
}

function readParent(holder: Holder, at: readonly string[]): unknown[] | Record<string, unknown> {
  const parent = readOr(holder, at.slice(0, -1), undefined);
  if (Array.isArray(parent) || isJsonObject(parent)) return parent;
  throw refuse();
}

/** The server does not say which operation, or why. */
function refuse(): StatusError {
  const message = "the server rejected our request due to an error in our request";
  return new StatusError(422, "Invalid", message, {});
}
