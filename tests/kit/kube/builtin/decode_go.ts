import { isJsonObject } from "../kube_object.ts";
import { badRequest } from "../status_error.ts";
import { blankOf, type GoStruct, type GoType } from "./go_type.ts";
import { canonicalQuantity, QUANTITY_WORDS } from "./quantity.ts";

/** Where the decoder is, and what it found. */
interface Place {
  /** With indices, as in warnings. */
  readonly path: string;
  /** Without, and with the name of the struct, as in errors. */
  readonly field: string;
  readonly struct: string;
  /** Paths of fields that the type does not have. */
  readonly unknown: string[];
  readonly refuse: (why: string) => Error;
}

/**
 * Reads a value of a built-in kind, as the API server's language does: fields that the type does not
 * have are dropped, as are those that say nothing; parts that always exist are there; quantities are
 * written in one way only.
 *
 * @param type of the value
 * @param value as JSON
 * @param kind what is read, for messages
 * @param at where the value is in the object
 * @returns the value, and the paths of what was dropped
 * @throws StatusError 400 where the value is of another type
 */
export function decodeGo(
  type: GoStruct,
  value: unknown,
  kind: { readonly kind: string; readonly version: string },
  at = "",
): { readonly value: Record<string, unknown>; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const refuse = (why: string) =>
    badRequest(
      `${kind.kind} in version ${
        JSON.stringify(kind.version)
      } cannot be handled as a ${kind.kind}: ${why}`,
    );
  const place = { path: at, field: at, struct: type.name, unknown, refuse };
  return { value: decodeStruct(type, value, place), unknown };
}

function decodeStruct(type: GoStruct, value: unknown, place: Place): Record<string, unknown> {
  if (!isJsonObject(value)) throw mismatch(value, `v1.${type.name}`, place);
  const decoded: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) {
    const path = place.path ? `${place.path}.${name}` : name;
    const fieldType = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (!fieldType) {
      place.unknown.push(path);
      continue;
    }
    if (content === null) continue;
    const field = place.field ? `${place.field}.${name}` : name;
    const read = decode(fieldType, content, { ...place, path, field, struct: type.name });
    if (!saysNothing(fieldType, read)) decoded[name] = read;
  }
  return { ...blankParts(type, decoded), ...decoded };
}

function blankParts(type: GoStruct, decoded: Record<string, unknown>): Record<string, unknown> {
  const missing = type.always.filter((name) => !(name in decoded));
  return blankOf({ ...type, always: missing, nulls: [] });
}

function saysNothing(type: GoType, value: unknown): boolean {
  switch (type.is) {
    case "list":
      return Array.isArray(value) && value.length === 0;
    case "map":
      return isJsonObject(value) && Object.keys(value).length === 0;
    case "string":
      return value === "";
    case "bool":
    case "int32":
    case "int64":
      return type.isPlain === true && !value;
  }
  return false;
}

function decode(type: GoType, value: unknown, place: Place): unknown {
  switch (type.is) {
    case "any":
      return value;
    case "struct":
      return decodeStruct(type, value, place);
    case "map": {
      if (!isJsonObject(value)) throw mismatch(value, `map[string]${goName(type.of)}`, place);
      const entries = Object.entries(value).filter(([, one]) => one !== null);
      return Object.fromEntries(
        entries.map(([key, one]) => [
          key,
          decode(type.of, one, { ...place, path: `${place.path}.${key}` }),
        ]),
      );
    }
    case "list":
      if (!Array.isArray(value)) throw mismatch(value, `[]${goName(type.of)}`, place);
      return value.map((one, index) =>
        decode(type.of, one, { ...place, path: `${place.path}[${index}]` })
      );
  }
  return decodeScalar(type, value, place);
}

function decodeScalar(type: GoType, value: unknown, place: Place): unknown {
  const isText = typeof value === "string";
  const isWhole = typeof value === "number" && Number.isInteger(value);
  switch (type.is) {
    case "quantity": {
      const quantity = isText || typeof value === "number" ? canonicalQuantity(value) : undefined;
      if (quantity === undefined) throw place.refuse(QUANTITY_WORDS);
      return quantity;
    }
    case "microTime":
      checkMicroTime(value, place);
      return value;
    case "bytes":
      if (!isText) throw mismatch(value, "[]uint8", place);
      checkBase64(value, place);
      return value;
    case "bool":
      if (typeof value !== "boolean") throw mismatch(value, "bool", place);
      return value;
    case "int32":
    case "int64":
      if (!isWhole) throw mismatch(value, type.is, place);
      return value;
    case "intOrString":
      if (!isWhole && !isText) throw mismatch(value, "int32", place);
      return value;
    default:
      if (!isText) throw mismatch(value, goName(type), place);
      return value;
  }
}

function mismatch(value: unknown, wanted: string, place: Place): Error {
  const got = value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : typeof value === "boolean"
    ? "bool"
    : typeof value;
  const field = place.field ? `Go struct field ${place.struct}.${place.field}` : "Go value";
  return place.refuse(`json: cannot unmarshal ${got} into ${field} of type ${wanted}`);
}

function goName(type: GoType): string {
  switch (type.is) {
    case "struct":
      return `v1.${type.name}`;
    case "list":
      return `[]${goName(type.of)}`;
    case "bytes":
      return "[]uint8";
    case "time":
      return "v1.Time";
    default:
      return type.is;
  }
}

function checkBase64(text: string, place: Place): void {
  if (/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return;
  const wrong = text.search(/[^A-Za-z0-9+/]/);
  const at = wrong === -1 ? text.length - text.length % 4 : wrong;
  throw place.refuse(`illegal base64 data at input byte ${at}`);
}

/** Six digits after the second, no more and no fewer. */
function checkMicroTime(value: unknown, place: Place): void {
  const text = String(value);
  const [, rest = text] = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(.*)$/.exec(text) ?? [];
  if (/^\.\d{6}(Z|[+-]\d{2}:\d{2})$/.test(rest)) return;
  throw place.refuse(
    `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05.000000Z07:00": ` +
      `cannot parse ${JSON.stringify(rest)} as ".000000"`,
  );
}
