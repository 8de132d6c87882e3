import type { Reconcile } from "./controller/controller.ts";
import type { Reconciler } from "./reconcile/reconciler.ts";

/**
 * Has a key reconciled as what it is.
 *
 * @param reconciler what looks at actors and at namespaces
 */
export function reconcileWith(
  reconciler: Pick<Reconciler, "reconcileActor" | "reconcileRuntime">,
): Reconcile {
  return (key) => {
    switch (key.kind) {
      case "actor":
        return reconciler.reconcileActor(key.namespace, key.name);
      case "runtime":
        return reconciler.reconcileRuntime(key.namespace);
    }
  };
}
