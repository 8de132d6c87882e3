import type { Action } from "./action.ts";
import type { LiveObject, PlacedRef } from "./cluster.ts";
import { hashValue } from "./hash_value.ts";
import { KubeError, refusalOf } from "./kube_error.ts";
import { appliedOf } from "./memory.ts";
import { beginWith } from "./note_replicas.ts";
import { FINALIZER, isOwn, isWorkload, objectKey, refOf } from "./object_key.ts";
import { reachBroker } from "./reach_broker.ts";
import type { Tools } from "./tools.ts";
import { type View, withLive, withMemory, withRefused } from "./view.ts";

/**
 * Does one thing.
 *
 * @param action what to do
 * @param view what is known
 * @param tools what it is done with
 * @returns what is known after that, refusals of single objects included
 * @throws {KubeError} where the API server is in the way of everything, not of one object
 */
export async function perform<V extends View>(action: Action, view: V, tools: Tools): Promise<V> {
  const { cluster } = tools;
  switch (action.kind) {
    case "add_finalizer":
      return await setFinalizer(true, view, tools);
    case "remove_finalizer": {
      if ("spec" in view.actor) {
        tools.note({ kind: "queue_kept", queue: view.actor.spec.queueName });
      }
      return await setFinalizer(false, view, tools);
    }
    case "read": {
      const answers = await Promise.all(action.refs.map((ref) => ask(ref, tools)));
      return action.refs.reduce((seen, ref, at) => withAnswer(seen, ref, answers[at]), view);
    }
    case "reach_broker":
      return await reachBroker(action, view, tools);
    case "apply": {
      const { object, hash, was, keepsReplicas } = action;
      const key = objectKey({ kind: object.kind, name: object.metadata.name });
      return await unlessRefused(view, key, async () => {
        // Asked for, since what watches have shown may be some replicas behind.
        const before = keepsReplicas && await cluster.read(refOf(object));
        if (before) await cluster.keepReplicas(before);
        const said = view.live.has(key) ? object : beginWith(object, replicasBefore(view));
        const live = await cluster.apply(said);
        if (!was) tools.note({ kind: "created", refs: [live] });
        else if (isOther(was, live)) tools.note({ kind: "updated", refs: [live] });
        const applied = new Map(view.memory.applied);
        applied.set(
          key,
          appliedOf(said, live, said === object ? hash : hashValue(said), view.nowMs),
        );
        const replicas = said === object ? view.memory.replicas : undefined;
        return withMemory(withLive(view, key, live), { applied, replicas });
      });
    }
    case "remove": {
      const { object, dependants, why } = action;
      const key = objectKey(object);
      return await unlessRefused(view, key, async () => {
        await cluster.remove(object, dependants);
        if (why === "obsolete") tools.note({ kind: "removed", refs: [object] });
        if (why === "replaced") tools.note({ kind: "replaced", refs: [object] });
        const applied = new Map(view.memory.applied);
        applied.delete(key);
        const left = await cluster.read(object);
        const replicas = why === "replaced" ? object.replicas : undefined;
        const memory = { applied, ...(replicas !== undefined && { replicas }) };
        return withAnswer(withMemory(view, memory), object, left);
      });
    }
  }
}

async function setFinalizer<V extends View>(
  isThere: boolean,
  view: V,
  { cluster }: Tools,
): Promise<V> {
  const others = view.actor.metadata.finalizers?.filter((name) => name !== FINALIZER) ?? [];
  const finalizers = isThere ? [...others, FINALIZER] : others;
  const actorVersion = await cluster.setFinalizers(view.actor, finalizers);
  return withMemory(view, { actorVersion, hasFinalizer: isThere });
}

async function ask(
  ref: PlacedRef,
  { cluster }: Tools,
): Promise<LiveObject | KubeError | undefined> {
  try {
    return await cluster.read(ref);
  } catch (error) {
    return refusalOf(error);
  }
}

function withAnswer<V extends View>(
  view: V,
  ref: PlacedRef,
  answer: LiveObject | KubeError | undefined,
): V {
  const key = objectKey(ref);
  const asking = { ...view, asked: new Set([...view.asked, key]) };
  if (answer instanceof KubeError) return withRefused(asking, key, answer);
  const seen = withLive(asking, key, answer);
  const applied = view.memory.applied.get(key);
  if (!applied || !answer) return seen;
  const known = { ...applied, seenAtMs: view.nowMs };
  return withMemory(seen, { applied: new Map([...view.memory.applied, [key, known]]) });
}

async function unlessRefused<V extends View>(
  view: V,
  key: string,
  work: () => Promise<V>,
): Promise<V> {
  try {
    return await work();
  } catch (error) {
    return withRefused(view, key, refusalOf(error));
  }
}

/** How many replicas the workload had whose place another one takes. */
function replicasBefore({ live, actor, memory }: View): number | undefined {
  const before = [...live.values()].find((object) => isWorkload(object) && isOwn(object, actor));
  return before?.replicas ?? memory.replicas;
}

/** Whether an object has changed in what its kind counts. */
function isOther(was: LiveObject, is: LiveObject): boolean {
  return is.generation === undefined
    ? is.resourceVersion !== was.resourceVersion
    : is.generation !== was.generation;
}
