import type { JsonObject } from "../kube_object.ts";

/** A list of objects, where there is one; elsewhere an empty one. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value : [];
}
