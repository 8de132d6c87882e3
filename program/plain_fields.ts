/** What a text is shortened to, in characters: a log is no place for a payload. */
const maxTextLength = 8_192;

/** How deep a value is shown. */
const maxDepth = 6;

/** How many items of a list or an object are shown. */
const maxItems = 100;

/**
 * Turns anything into values that JSON can carry: errors become `{name, message, stack}`, cycles
 * and bytes are named, long texts and lists are cut. It never throws.
 *
 * @param fields The values to show.
 * @param secrets Values that must not appear; each is replaced by `***`, also inside longer texts
 *   and in names.
 * @returns New plain objects.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plainFields } from "@asya/program";
 *
 * const shown = plainFields({ url: "amqp://me:hush@host", count: 3n }, ["hush"]);
 * assert.deepEqual(shown, { url: "amqp://me:***@host", count: "3" });
 * ```
 */
export function plainFields(
  fields: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
): Record<string, unknown> {
  const mask = createMask(secrets);
  const entries = (value: Readonly<Record<string, unknown>>, parents: readonly unknown[]) => {
    const shown = Object.keys(value).slice(0, maxItems).map((key) =>
      [mask(key), showProperty(value, key, parents)] as const
    );
    return Object.fromEntries(shown);
  };
  const showProperty = (
    value: Readonly<Record<string, unknown>>,
    key: string,
    parents: readonly unknown[],
  ): unknown => {
    try {
      return show(value[key], parents);
    } catch {
      return "[unreadable]"; // a getter or a proxy threw: what it threw is not ours to show
    }
  };
  const show = (value: unknown, parents: readonly unknown[]): unknown => {
    if (typeof value !== "object" || value === null) return showScalar(value, mask);
    if (parents.includes(value)) return "[cycle]";
    if (parents.length > maxDepth) return "[too deep]";
    const path = [...parents, value];
    if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => show(item, path));
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof Error) return entries(errorFields(value), path);
    return entries(value as Readonly<Record<string, unknown>>, path);
  };
  return entries(fields, [fields]);
}

function showScalar(value: unknown, mask: (text: string) => string): unknown {
  switch (typeof value) {
    case "string":
      return mask(value);
    case "number":
      return mask(String(value)) === String(value) && Number.isFinite(value)
        ? value
        : mask(String(value));
    case "bigint":
      return mask(String(value));
    case "function":
    case "symbol":
      return `[${typeof value}]`;
    default:
      return value;
  }
}

function errorFields(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return cause === undefined ? { name, message, stack } : { name, message, stack, cause };
}

/** Longer secrets first, so that one which contains another leaves nothing of itself. */
function createMask(secrets: readonly string[]): (text: string) => string {
  const ordered = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const secret of ordered) masked = masked.replaceAll(secret, "***");
    if (masked.length <= maxTextLength) return masked;
    return `${masked.slice(0, maxTextLength)}… (${masked.length} characters)`;
  };
}
