import type { AsyncActor } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { ownedObject } from "./names.ts";

/**
 * The ServiceAccount of an actor's pods, which may do nothing: neither the sidecar nor the runtime
 * talks to the API server.
 *
 * @param actor whose it is
 */
export function serviceAccount(actor: AsyncActor): KubeObject {
  const kind = { apiVersion: "v1", kind: "ServiceAccount" };
  return ownedObject(actor, kind, { automountServiceAccountToken: false });
}
