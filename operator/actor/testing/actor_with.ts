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
    apiVersion: "asya.io/v1alpha1",
    kind: "AsyncActor",
    metadata: { name, namespace: "docs", uid: "u-1", resourceVersion: "7", generation: 1 },
    spec,
  };
}

/**
 * The least spec with one value of its own.
 *
 * @param path where, with dots and indices between its parts; what is missing on the way is made
 * @param value what is there; `undefined` for nothing
 */
export function specWith(path: string, value: unknown): Record<string, unknown> {
  const spec: Record<string, unknown> = structuredClone(leastSpec);
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let at = spec;
  for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return spec;
}
