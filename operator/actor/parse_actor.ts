import { NAME_RULE } from "./actor_name.ts";
import { actorSpec } from "./actor_spec.ts";
import { actorStatus } from "./actor_status.ts";
import type { ActorMetadata, AsyncActor } from "./async_actor.ts";
import { optional } from "./schema/field.ts";
import { list, map } from "./schema/list_fields.ts";
import { isObject } from "./schema/is_object.ts";
import { openObject } from "./schema/object_fields.ts";
import { freeText, integer, text } from "./schema/scalar_fields.ts";

/** What came of reading an `AsyncActor`: the actor, or everything that is wrong with it. */
export type ParsedActor =
  | { readonly ok: true; readonly actor: AsyncActor }
  | {
    readonly ok: false;
    /** One sentence each: which field, what it is, what is allowed. */
    readonly problems: readonly string[];
    /** Whose problems they are, where at least that can be read: it has a condition to be told. */
    readonly actor?: Pick<AsyncActor, "metadata" | "status">;
  };

const metadataField = openObject("What the API server says of an actor.", {
  name: text("Its name.", { maxLength: 253 }),
  namespace: text("Its namespace.", { maxLength: 63 }),
  uid: text("What no other object ever has.", { maxLength: 128 }),
  resourceVersion: text("The version of all of it.", { maxLength: 128 }),
  generation: integer("How often its spec changed.", { min: 0 }),
  deletionTimestamp: optional(freeText("When it was asked to go.")),
  finalizers: optional(list("Who has to agree to its end.", freeText("A name."), {
    maxItems: 1024,
  })),
  labels: optional(map("Labels.", freeText("A value."))),
  annotations: optional(map("Annotations.", freeText("A value."))),
});

/**
 * Reads what the API server has kept as an `AsyncActor`. Admission refuses what is wrong; what was
 * kept before a rule was there, or by a cluster whose definition is older, is judged here, and gets
 * the defaults that it does not have.
 *
 * @param value an object from the API server
 * @returns the actor with all defaults, or every problem; never throws for what JSON can say
 * @example
 * ```ts
 * import { parseActor } from "./parse_actor.ts";
 * import assert from "node:assert/strict";
 *
 * const parsed = parseActor({
 *   metadata: { name: "ocr", namespace: "docs", uid: "1", resourceVersion: "1", generation: 1 },
 *   spec: {
 *     queueName: "ocr",
 *     transport: { type: "sqs" },
 *     scaling: { maxReplicas: 0 },
 *     workload: { template: { spec: { containers: [{ name: "handler" }] } } },
 *   },
 * });
 * assert.deepEqual(parsed.ok ? [] : parsed.problems, [
 *   "spec.transport: type sqs needs the block sqs beside it",
 *   "spec.scaling.maxReplicas is 0; a whole number, 1 or more, is allowed",
 * ]);
 * ```
 */
export function parseActor(value: unknown): ParsedActor {
  const { metadata: givenMetadata, spec: givenSpec, status: givenStatus } = isObject(value)
    ? value
    : {};
  const problems: string[] = [];
  const metadata: ActorMetadata = metadataField.read(givenMetadata, "metadata", problems);
  if (problems.length > 0) return { ok: false, problems };

  const status = readStatus(givenStatus);
  const known = { metadata, ...(status && { status }) };
  if (!NAME_RULE.holds(known)) {
    problems.push(`metadata.name is ${JSON.stringify(metadata.name)}: ${NAME_RULE.message}`);
  }
  const spec = actorSpec.read(givenSpec, "spec", problems);
  return problems.length > 0
    ? { ok: false, problems, actor: known }
    : { ok: true, actor: { ...known, spec } };
}

/** A status is ours to write: one that cannot be read is written anew. */
function readStatus(value: unknown): AsyncActor["status"] {
  const problems: string[] = [];
  const status = actorStatus.read(value, "status", problems);
  return problems.length > 0 ? undefined : status;
}
