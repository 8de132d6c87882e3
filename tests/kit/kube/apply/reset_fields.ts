import type { Judge, Subresource } from "../judge.ts";

/**
 * The fields that a path does not write: `status` for the object's own, `spec` for `/status`. What is
 * said of them there changes nothing, and nobody comes to own it.
 *
 * @returns steps from the object, as in `fieldsV1`
 */
export function resetFields(judge: Judge, subresource: Subresource): string[] {
  if (!judge.hasStatus) return [];
  return [subresource === "status" ? "f:spec" : "f:status"];
}
