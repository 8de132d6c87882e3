import type { ActorStatus } from "../actor/async_actor.ts";
import type { LiveObject, PlacedRef } from "./cluster.ts";

/** An object as this process applied it, and what the API server made of that. */
export interface Applied {
  readonly ref: PlacedRef;
  /** Of what was wanted. */
  readonly hash: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
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
 * @param object as the API server has it after that
 * @param hash of what was wanted
 * @param atMs when that was
 */
export function appliedOf(object: LiveObject, hash: string, atMs: number): Applied {
  const { apiVersion, kind, namespace, name, uid, resourceVersion, generation } = object;
  return {
    ref: { apiVersion, kind, namespace, name },
    ...{ hash, uid, resourceVersion },
    ...(generation !== undefined && { generation }),
    seenAtMs: atMs,
  };
}
