import type { Note } from "../desired/desired.ts";
import { judgeAll, type Judged } from "./plan_actor.ts";
import { isWorkload, objectKey, refOf } from "./object_key.ts";
import type { LivingView } from "./view.ts";

/** The longest that a sentence of others is quoted. */
const MAX_QUOTE = 1_000;

/**
 * What the owner of an actor should know of it at the moment: what its wishes lead to, and what
 * stands in their way.
 *
 * @param view what is known when nothing is left to do
 */
export function notesOf(view: LivingView): Note[] {
  const { desired, memory: { broker } } = view;
  const own = desired.notes.some(({ weight }) => weight === "refused") ? [] : judgeAll(view);
  const notes = own.flatMap((judged) => noteOfObject(judged, view));
  const { problem } = broker ?? {};
  if (problem && own.length > 0) {
    const { reason, message } = problem;
    const declares = own.some(({ object }) => object.kind === "ScaledObject");
    notes.push({ reason, message, weight: "limited", about: declares ? "scaling" : "workload" });
  }
  return [...desired.notes, ...notes];
}

function noteOfObject({ object, judgement }: Judged, view: LivingView): Note[] {
  const ref = refOf(object);
  const isOfKeda = ref.apiVersion.startsWith("keda.sh/");
  const say = (reason: string, message: string): Note[] => [
    { reason, message, weight: "limited", about: isOfKeda ? "scaling" : "workload" },
  ];
  switch (judgement.verdict) {
    case "foreign":
      return say(
        "NameTaken",
        `There is a ${ref.kind} ${ref.name} that is not of this actor: it stays as it is. Remove ` +
          "it, or give the actor another name.",
      );
    case "refused": {
      const said = view.refused.get(objectKey(ref))?.message ?? "";
      return say(
        isWorkload(object) ? "WorkloadRefused" : "ObjectRefused",
        `The ${ref.kind} ${ref.name} is refused: ${said.slice(0, MAX_QUOTE)}`,
      );
    }
    case "as_it_is":
    case "unknown":
    case "apply":
    case "replace":
    case "going":
    case "held":
      return [];
  }
}
