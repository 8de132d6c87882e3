import type { ActorStatus } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import type { LiveObject, PlacedRef } from "./cluster.ts";
import { hashValue } from "./hash_value.ts";
import { saysReplicas } from "./note_replicas.ts";
import { refOf } from "./object_key.ts";

/** An object as this process applied it, and what the API server made of that. */
export interface Applied {
  readonly ref: PlacedRef;
  /** Of what was wanted. */
  readonly hash: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  /** Of what came back of its labels, its annotations and its owner, as far as they were said. */
  readonly metadataHash: string;
  /** Whether it said how many replicas there are. */
  readonly saysReplicas: boolean;
  /** When it was applied, or last asked for. */
  readonly seenAtMs: number;
}

/** What came of reaching for an actor's broker. */
export interface BrokerReached {
  /** Of what the broker and the queue are. */
  readonly hash: string;
  readonly atMs: number;
  /** What stands in the way, and since when. */
  readonly problem?: {
    readonly reason: "SecretMissing" | "SecretRefused" | "QueueNotDeclared";
    readonly message: string;
    readonly sinceMs: number;
  };
}

/**
 * What this process did for an actor. All of it can be lost: then everything is asked for and
 * applied once more, and nothing changes by that.
 */
export interface Memory {
  /** Of the actor: one that comes again under the same name is another one. */
  readonly uid: string;
  readonly applied: ReadonlyMap<string, Applied>;
  /** What the actor's resourceVersion was after this process wrote it for the last time. */
  readonly actorVersion?: string;
  /** Whether the finalizer is there, or has been taken away, by that time. */
  readonly hasFinalizer?: boolean;
  /** The status as it was written for the last time. */
  readonly status?: ActorStatus;
  readonly broker?: BrokerReached;
  /** How many replicas a workload had that was removed to be made anew. */
  readonly replicas?: number | undefined;
  /** Notes that were told as Events and still hold. */
  readonly told: readonly string[];
}

/**
 * The memory of an actor that nothing was done for.
 *
 * @param uid the actor's
 */
export function createMemory(uid: string): Memory {
  return { uid, applied: new Map(), told: [] };
}

/**
 * What is remembered of an object that was applied.
 *
 * @param object as it was applied
 * @param live as the API server has it after that
 * @param hash of what was wanted
 * @param atMs when that was
 */
export function appliedOf(
  object: KubeObject,
  live: LiveObject,
  hash: string,
  atMs: number,
): Applied {
  const { uid, resourceVersion, generation } = live;
  return {
    ref: refOf(object),
    ...{ hash, uid, resourceVersion },
    ...(generation !== undefined && { generation }),
    metadataHash: hashMetadata(object, live),
    saysReplicas: saysReplicas(object),
    seenAtMs: atMs,
  };
}

/**
 * A hash of what an object has of the labels, annotations and owner that it is to have. What an
 * admission controller makes of them counts as right: it would do so each time.
 *
 * @param object as it is to be
 * @param live as it is there
 */
export function hashMetadata({ metadata }: KubeObject, live: LiveObject): string {
  const { labels = {}, annotations = {} } = metadata;
  return hashValue([
    live.ownerUid ?? "",
    Object.keys(labels).map((name) => [name, live.labels[name] ?? ""]),
    Object.keys(annotations).map((name) => [name, live.annotations[name] ?? ""]),
  ]);
}
