import type { AsyncActor } from "../actor/async_actor.ts";
import type { Desired } from "../desired/desired.ts";
import type { LiveObject, SeenActor } from "./cluster.ts";
import type { KubeError } from "./kube_error.ts";
import type { Memory } from "./memory.ts";

/** Everything that one look at an actor knows; what is done changes it, and the next plan sees it. */
export interface View<A extends SeenActor = SeenActor> {
  readonly actor: A;
  /** What carries the actor's label or was asked for, by {@linkcode objectKey}. */
  readonly live: ReadonlyMap<string, LiveObject>;
  /** What the API server itself was asked for during this look. */
  readonly asked: ReadonlySet<string>;
  /** What the API server refused during this look, by object. */
  readonly refused: ReadonlyMap<string, KubeError>;
  readonly memory: Memory;
  readonly nowMs: number;
}

/** A look at an actor that is to be as it says. */
export interface LivingView extends View<AsyncActor> {
  readonly desired: Desired;
}

/**
 * What the API server said of an object.
 *
 * @param view what is known
 * @param key which object
 * @param live as it is there, if it is
 */
export function withLive<V extends View>(view: V, key: string, live: LiveObject | undefined): V {
  const all = new Map(view.live);
  if (live) all.set(key, live);
  else all.delete(key);
  return { ...view, live: all };
}

/**
 * What this process has done.
 *
 * @param view what is known
 * @param memory what changes of it
 */
export function withMemory<V extends View>(view: V, memory: Partial<Memory>): V {
  return { ...view, memory: { ...view.memory, ...memory } };
}

/**
 * What the API server refused.
 *
 * @param view what is known
 * @param key which object
 * @param error what it said
 */
export function withRefused<V extends View>(view: V, key: string, error: KubeError): V {
  return { ...view, refused: new Map([...view.refused, [key, error]]) };
}
