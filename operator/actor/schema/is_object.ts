/**
 * Whether something is an object with fields: not `null`, and no list.
 *
 * @param value anything
 */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
