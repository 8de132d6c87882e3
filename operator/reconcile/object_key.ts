import type { KubeObject } from "../actor/kube_object.ts";
import { ACTOR_LABEL, OPERATOR_LABELS, secretName } from "../desired/names.ts";
import type { LiveObject, PlacedRef, SeenActor } from "./cluster.ts";

/** What keeps an actor from going before everything that belongs to it is gone. */
export const FINALIZER = "asya.io/finalizer";

/**
 * What an object is called among those of its namespace.
 *
 * @param ref the object
 */
export function objectKey({ kind, name }: Pick<PlacedRef, "kind" | "name">): string {
  return `${kind}/${name}`;
}

/**
 * How an object is asked for.
 *
 * @param object as it is to be
 */
export function refOf({ apiVersion, kind, metadata }: KubeObject): PlacedRef {
  const { namespace, name } = metadata;
  return { apiVersion, kind, namespace, name };
}

/**
 * Whether an object runs pods; an actor has one of those.
 *
 * @param ref an object
 */
export function isWorkload({ kind }: Pick<PlacedRef, "kind">): boolean {
  return kind === "Deployment" || kind === "StatefulSet" || kind === "Job";
}

/**
 * Whether watches show objects of a kind. Secrets are not watched: nobody needs to know all of them.
 *
 * @param ref an object
 */
export function isWatched({ kind }: Pick<PlacedRef, "kind">): boolean {
  return kind !== "Secret";
}

/**
 * Whether an object is an actor's: it is called as what we make for it, and is controlled by it, or
 * by nobody and has its labels. A copy of one under another name is whoever's made it.
 *
 * @param object as it is there
 * @param actor whose it may be
 */
export function isOwn(object: LiveObject, actor: SeenActor): boolean {
  const { metadata } = actor;
  if (object.name !== metadata.name && object.name !== secretName(actor)) return false;
  if (object.ownerUid !== undefined) return object.ownerUid === metadata.uid;
  const ours = Object.entries({ ...OPERATOR_LABELS, [ACTOR_LABEL]: metadata.name });
  return ours.every(([label, value]) => object.labels[label] === value);
}

/**
 * Whether one resourceVersion is later than another. They are numbers that grow, as Kubernetes
 * promises since 1.35; of any others, all that differ count as later.
 *
 * @param version a resourceVersion
 * @param than another one of the same kind of object
 */
export function isLater(version: string, than: string): boolean {
  const areNumbers = [version, than].every((text) => /^\d+$/.test(text));
  return areNumbers ? BigInt(version) > BigInt(than) : version !== than;
}
