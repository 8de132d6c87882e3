import { parseActor } from "../actor/parse_actor.ts";
import { recordOf } from "../actor/schema/record_of.ts";
import type { SeenActor } from "../reconcile/cluster.ts";

/** What `kubectl apply` keeps of each object: as long as the object, and nothing to us. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Reads an actor of the API server, without what only others need.
 *
 * @param value what came
 * @throws TypeError when not even its name can be read
 */
export function parseSeenActor(value: unknown): SeenActor {
  const parsed = parseActor(trimmed(value));
  if (parsed.ok) return parsed.actor;
  if (parsed.actor) return { ...parsed.actor, problems: parsed.problems };
  throw new TypeError(parsed.problems.join("; "));
}

function trimmed(value: unknown): unknown {
  const object = recordOf(value);
  const { managedFields: _, annotations, ...metadata } = recordOf(object.metadata);
  const { [LAST_APPLIED]: __, ...kept } = recordOf(annotations);
  return {
    ...object,
    metadata: { ...metadata, ...(annotations !== undefined && { annotations: kept }) },
  };
}
