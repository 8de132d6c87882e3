import type { KubeObject } from "./kube/kube_object.ts";
import { createSchemaJudge } from "./kube/schema/create_schema_judge.ts";
import { actorCrd } from "../../operator/actor/actor_crd.ts";

/** What an API server made of an object. */
export interface Admission {
  /** With what it filled in, and without what it does not know. */
  readonly object: KubeObject;
  /** Fields that it does not know. */
  readonly warnings: readonly string[];
  /** Why it refuses: `FIELD: MESSAGE`. */
  readonly refusals: readonly string[];
}

/**
 * Creates what says of an `AsyncActor` what an API server would, from its definition alone.
 *
 * @returns judges one object
 */
export function createActorJudge(): (actor: unknown) => Admission {
  const judge = createSchemaJudge(actorCrd, "v1alpha1");
  return (actor) => {
    const { object, warnings } = judge.decode(structuredClone(actor) as KubeObject, "Warn");
    const refusals = judge.validate(object, undefined, "").map(({ field, message }) =>
      `${field}: ${message}`
    );
    return { object, warnings, refusals };
  };
}
