import { ACTOR_TYPE } from "../actor_type.ts";
import { isObject } from "../schema/is_object.ts";

/** What an `AsyncActor` at least says, as it is written. */
export const leastSpec = {
  queueName: "ocr",
  transport: { type: "rabbitmq", rabbitmq: { host: "rabbitmq.messaging.svc" } },
  workload: { template: { spec: { containers: [{ name: "handler", image: "ocr:1" }] } } },
};

/**
 * An `AsyncActor` as the API server hands it out.
 *
 * @param spec its spec
 * @param name its name
 */
export function actorWith(spec: unknown, name: string = "ocr"): Record<string, unknown> {
  return {
    ...ACTOR_TYPE,
    metadata: { name, namespace: "docs", uid: "u-1", resourceVersion: "7", generation: 1 },
    spec,
  };
}

/**
 * The least spec with one value of its own.
 *
 * @param path where, with dots between its parts; what is missing on the way is made
 * @param value what is there; `undefined` for nothing
 */
export function specWith(path: string, value: unknown): Record<string, unknown> {
  const spec = structuredClone<Record<string, unknown>>(leastSpec);
  setAt(spec, path, value);
  return spec;
}

/**
 * Changes one value of an object.
 *
 * @param object what is changed
 * @param path where, with dots between its parts; what is no object on the way becomes one
 * @param value what is there then; `undefined` for nothing
 */
export function setAt(object: Record<string, unknown>, path: string, value: unknown): void {
  const [name = "", ...deeper] = path.split(".");
  if (deeper.length > 0) {
    const within = object[name];
    const inner: Record<string, unknown> = isObject(within) ? { ...within } : {};
    setAt(inner, deeper.join("."), value);
    object[name] = inner;
  } else if (value === undefined) delete object[name];
  else object[name] = value;
}
