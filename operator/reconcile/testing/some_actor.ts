import type { AsyncActor } from "../../actor/async_actor.ts";
import { parseActor } from "../../actor/parse_actor.ts";

/** What there is for {@linkcode someActor}, which is scaled, as a scene names it. */
export const OBJECTS_OF_ACTOR = [
  "Deployment/ocr",
  "ScaledObject/ocr",
  "Secret/ocr-asya",
  "ServiceAccount/ocr",
  "TriggerAuthentication/ocr",
] as const;

/** What differs from an actor called `ocr` that says as little as it may. */
export interface ActorChanges {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/**
 * An actor as the API server has it.
 *
 * @param changes what differs
 */
export function someActor({ metadata, spec }: ActorChanges = {}): AsyncActor {
  const parsed = parseActor({
    metadata: {
      ...{ name: "ocr", namespace: "docs", uid: "uid-ocr", resourceVersion: "1", generation: 1 },
      ...metadata,
    },
    spec: {
      queueName: "ocr",
      handler: "./ocr.ts",
      transport: { type: "rabbitmq", rabbitmq: { host: "rabbitmq" } },
      workload: { template: { spec: { containers: [{ name: "handler", image: "deno" }] } } },
      ...spec,
    },
  });
  if (!parsed.ok) throw new TypeError(parsed.problems.join("; "));
  return parsed.actor;
}
