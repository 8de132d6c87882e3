import { isObject } from "./is_object.ts";

/**
 * A value as a record of unknown values; what is none is an empty one.
 *
 * @param value what came from outside
 */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
