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
 * @returns judges one object, and what it was where it is changed
 */
export function createActorJudge(): (actor: unknown, old?: unknown) => Admission {
  const judge = createSchemaJudge(actorCrd, "v1alpha1");
  const decode = (actor: unknown) => judge.decode(structuredClone(actor) as KubeObject, "Warn");
  return (actor, old) => {
    const { object, warnings } = decode(actor);
    const before = old === undefined ? undefined : decode(old).object;
    const refusals = judge.validate(object, before, "").map(({ field, message }) =>
      `${field}: ${message}`
    );
    return { object, warnings, refusals };
  };
}
