/**
 * Reads a reply as an existing Go sidecar does: `encoding/json` into
 * `[]struct{payload json.RawMessage; route struct{steps []string; current int; metadata
 * map[string]any}; error string; details struct{message, type, traceback string}}`.
 *
 * Fields that the structure does not have are ignored, their names match in any case, and `null`
 * leaves a field at its zero value. A value of another type is refused, as is a number with a
 * fraction or an exponent where an integer belongs.
 *
 * @module
 */

/** One item of the list, with Go's zero values where nothing was said. */
export interface GoReplyItem {
  /** `undefined` is a nil `json.RawMessage`. */
  payload: unknown;
  route: { steps: string[]; current: number; metadata: Record<string, unknown> };
  error: string;
  details: { message: string; type: string; traceback: string };
}

/** The list, or the error that Go's decoder would return. */
export type GoReply = { ok: true; items: GoReplyItem[] } | { ok: false; error: string };

/** A number as it was written, since Go looks at that. */
class Literal {
  constructor(readonly source: string) {}
}

/**
 * Parses the list form of a reply.
 *
 * @param body a reply frame's body
 * @param stepsKey the field in which the sidecar expects the steps
 */
export function parseGoReply(
  body: Uint8Array,
  stepsKey: "steps" | "route" | "actors" = "steps",
): GoReply {
  try {
    // Like Go, a lenient decoder: bytes that are not UTF-8 become U+FFFD inside strings.
    const value: unknown = JSON.parse(new TextDecoder().decode(body), keepLiterals);
    const items = listOf(value, "[]response", (item) => itemOf(item, stepsKey));
    return { ok: true, items };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function keepLiterals(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? new Literal(context?.source ?? String(value)) : value;
}

function itemOf(value: unknown, stepsKey: string): GoReplyItem {
  const item = structOf(value, "response");
  const route = structOf(item.get("route"), "route");
  const details = structOf(item.get("details"), "details");
  const payload = item.get("payload");
  return {
    payload: payload === undefined ? undefined : plain(payload),
    route: {
      steps: listOf(route.get(stepsKey), "[]string", (step) => stringOf(step, "string")),
      current: intOf(route.get("current"), "route.current"),
      metadata: mapOf(route.get("metadata")),
    },
    error: stringOf(item.get("error"), "error"),
    details: {
      message: stringOf(details.get("message"), "details.message"),
      type: stringOf(details.get("type"), "details.type"),
      traceback: stringOf(details.get("traceback"), "details.traceback"),
    },
  };
}

/** An object's fields by their names in lower case; for `null` and nothing, no fields. */
function structOf(value: unknown, type: string): Map<string, unknown> {
  if (value === null || value === undefined) return new Map();
  if (!isObject(value)) throw refusal(value, type);
  return new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

function listOf<T>(value: unknown, type: string, itemOf: (value: unknown) => T): T[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw refusal(value, type);
  return value.map(itemOf);
}

function stringOf(value: unknown, type: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") throw refusal(value, type);
  return value;
}

function intOf(value: unknown, type: string): number {
  if (value === null || value === undefined) return 0;
  if (!(value instanceof Literal) || !/^-?\d+$/.test(value.source)) throw refusal(value, type);
  return Number(value.source);
}

function mapOf(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (!isObject(value)) throw refusal(value, "map[string]interface {}");
  return plain(value) as Record<string, unknown>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Literal);
}

function plain(value: unknown): unknown {
  if (value instanceof Literal) return Number(value.source);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

function refusal(value: unknown, type: string): TypeError {
  const got = value instanceof Literal
    ? `number ${value.source}`
    : Array.isArray(value)
    ? "array"
    : typeof value;
  return new TypeError(`json: cannot unmarshal ${got} into Go value of type ${type}`);
}
