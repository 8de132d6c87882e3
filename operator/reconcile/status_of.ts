import type { ActorStatus, Condition, ObjectRef } from "../actor/async_actor.ts";
import type { Note } from "../desired/desired.ts";
import { selectorLabels } from "../desired/names.ts";
import type { LiveObject, SeenActor } from "./cluster.ts";
import { isOwn, isWorkload, objectKey, refOf } from "./object_key.ts";
import { scalingHealth } from "./scaling_health.ts";
import type { LivingView } from "./view.ts";
import { type Said, workloadHealth } from "./workload_health.ts";

/** What is said of each condition. */
export type Conditions = Readonly<Record<Condition["type"], Said>>;

/** In the order in which they are shown. */
const TYPES = ["Ready", "WorkloadReady", "ScalingReady", "Progressing", "Degraded"] as const;

/** The longest message of a condition. */
const MAX_MESSAGE = 4_000;

/** Nothing that was asked for is missing. */
const NO_TROUBLE: Said = {
  status: "False",
  reason: "AsAsked",
  message: "Everything is as it was asked for.",
};

/**
 * The status of an actor.
 *
 * @param view what is known when nothing is left to do
 * @param notes what its owner should know
 */
export function statusOf(view: LivingView, notes: readonly Note[]): ActorStatus {
  const { actor, desired } = view;
  const workload = ownObject(view, isWorkload);
  const scaledObject = ownObject(view, ({ kind }) => kind === "ScaledObject");
  const health = workload && workloadHealth(workload);
  const refused = notes.find(({ weight }) => weight === "refused");
  const workloadReady = refused
    ? failed(refused)
    : health?.ready ?? notMade("workload", notes, "The workload is not there yet.");
  const isScaled = desired.objects.some(({ kind }) => kind === "ScaledObject");
  const scalingReady = refused ? failed(refused) : scalingOf(isScaled, scaledObject, notes);
  const conditions: Conditions = {
    Ready: bothReady(workloadReady, scalingReady),
    WorkloadReady: workloadReady,
    ScalingReady: scalingReady,
    Progressing: goingOf(view) ?? health?.progressing ?? makingOf(workloadReady),
    Degraded: degradedOf(notes, health?.trouble, scalingReady),
  };
  const labels = Object.entries(selectorLabels(actor));
  return {
    observedGeneration: actor.metadata.generation,
    replicas: health?.replicas ?? 0,
    selector: labels.map(([name, value]) => `${name}=${value}`).join(","),
    ...(workload && { workloadRef: objectRef(workload) }),
    ...(scaledObject && { scaledObjectRef: objectRef(scaledObject) }),
    conditions: timed(view.actor, conditions, view),
  };
}

/**
 * Conditions with their times: one that says the same as before keeps the time of its last change.
 *
 * @param actor whose they are
 * @param conditions what is said
 * @param view what was said before, and what time it is
 */
export function timed(
  actor: SeenActor,
  conditions: Conditions,
  { memory, nowMs }: { readonly memory: { readonly status?: ActorStatus }; readonly nowMs: number },
): Condition[] {
  const before = (memory.status ?? actor.status)?.conditions ?? [];
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  return TYPES.map((type) => {
    const last = before.find((condition) => condition.type === type);
    const said = conditions[type];
    return {
      type,
      ...said,
      message: cut(said.message),
      observedGeneration: actor.metadata.generation,
      lastTransitionTime: last?.status === said.status ? last.lastTransitionTime : now,
    };
  });
}

/** A message may quote what users and others wrote, and every list of actors brings it along. */
function cut(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

/** The wanted object of some kind, as it is there. */
function ownObject(
  { desired, live, actor }: LivingView,
  isIt: (ref: { readonly kind: string }) => boolean,
): LiveObject | undefined {
  const refs = desired.objects.filter(isIt).map(refOf);
  // Of an actor that makes no sense any more, what runs goes on.
  const [object] = refs.length > 0
    ? refs.map((ref) => live.get(objectKey(ref)))
    : desired.objects.length === 0
    ? [...live.values()].filter(isIt)
    : [];
  return object && isOwn(object, actor) && !object.isGoing ? object : undefined;
}

function scalingOf(
  isScaled: boolean,
  scaledObject: LiveObject | undefined,
  notes: readonly Note[],
): Said {
  const limit = notes.find(({ about, weight }) => about === "scaling" && weight !== "told");
  if (limit) return failed(limit);
  if (!isScaled) {
    const message = "It is not to be scaled: it has the replicas that its spec says.";
    return { status: "True", reason: "ScalingOff", message };
  }
  if (scaledObject) return scalingHealth(scaledObject);
  return { status: "False", reason: "NotMade", message: "The ScaledObject is not there yet." };
}

function notMade(about: Note["about"], notes: readonly Note[], message: string): Said {
  const note = notes.find((one) => one.about === about && one.weight !== "told");
  return note ? failed(note) : { status: "False", reason: "NotMade", message };
}

/** Whether a workload that is not there is on its way: not where something is in its way. */
function makingOf(ready: Said): Said {
  return ready.reason === "NotMade"
    ? { status: "True", reason: "Making", message: "The workload is being made." }
    : { ...ready, status: "False" };
}

function bothReady(workload: Said, scaling: Said): Said {
  if (workload.status !== "True") return { ...workload, status: "False" };
  if (scaling.status !== "True") return { ...scaling, status: "False" };
  return { status: "True", reason: "AsAsked", message: workload.message };
}

/** What is waited for, where something that has to go first is still there. */
function goingOf({ live, actor }: LivingView): Said | undefined {
  const going = [...live.values()].filter((object) => object.isGoing && isOwn(object, actor));
  if (going.length === 0) return undefined;
  const names = going.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  const hint = going.some(({ kind }) => kind === "ScaledObject")
    ? "; KEDA has to let go of it: does KEDA run?"
    : ".";
  return { status: "True", reason: "Removing", message: `Not gone yet: ${names}${hint}` };
}

function degradedOf(notes: readonly Note[], trouble: Said | undefined, scaling: Said): Said {
  const serious = notes.filter(({ weight }) => weight !== "told")
    .toSorted((one, other) => rank(one) - rank(other));
  const [first] = serious;
  if (first) {
    const message = serious.map(({ message }) => message).join(" ");
    return { status: "True", reason: first.reason, message };
  }
  if (trouble) return trouble;
  return scaling.status === "False" && scaling.reason !== "NotMade"
    ? { ...scaling, status: "True" }
    : NO_TROUBLE;
}

/** An actor without pods is worse than one that is not scaled. */
function rank({ weight, about }: Note): number {
  if (weight === "refused") return 0;
  return about === "workload" ? 1 : 2;
}

function failed({ reason, message }: Note): Said {
  return { status: "False", reason, message };
}

function objectRef({ apiVersion, kind, name }: LiveObject): ObjectRef {
  return { apiVersion, kind, name };
}
