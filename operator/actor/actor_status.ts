import { optional } from "./schema/field.ts";
import { listBy } from "./schema/list_fields.ts";
import { object } from "./schema/object_fields.ts";
import { choice, freeText, integer } from "./schema/scalar_fields.ts";

/** Another object in the actor's namespace. */
function objectRef(description: string) {
  return object(description, {
    apiVersion: freeText("Its group and version."),
    kind: freeText("Its kind."),
    name: freeText("Its name."),
  });
}

const condition = object("One thing that is so, or is not.", {
  type: choice("What it is about.", [
    "Ready",
    "WorkloadReady",
    "ScalingReady",
    "Progressing",
    "Degraded",
  ]),
  status: choice("Whether it is so.", ["True", "False", "Unknown"]),
  reason: freeText("Why, in one CamelCase word for machines."),
  message: freeText("Why, in a sentence for people."),
  observedGeneration: integer("The generation of the spec that it is of.", { min: 0 }),
  lastTransitionTime: freeText("When its status changed."),
});

/** What the operator says of an actor: the `status` of an `AsyncActor`. */
export const actorStatus = object("What the operator says of it.", {
  observedGeneration: optional(
    integer("The generation of the spec that was acted on.", { min: 0 }),
  ),
  replicas: optional(integer("How many pods there are.", { min: 0 })),
  selector: optional(freeText("The labels of its pods, for whoever scales it.")),
  workloadRef: optional(objectRef("The workload that was made of it.")),
  scaledObjectRef: optional(objectRef("The ScaledObject that was made of it.")),
  conditions: optional(listBy("How it is.", "type", condition, { maxItems: 16 })),
});
