import type { AsyncActor, EnvVar } from "../actor/async_actor.ts";
import { fromSecret, plain } from "./sidecar_env.ts";
import { readsOurFile, type Telemetry } from "./telemetry.ts";

/** A program of an actor's pod. */
export interface TellingProgram {
  readonly service: "asya-sidecar" | "asya-runtime";
  /** The container that it is in. */
  readonly container: string;
}

/**
 * What makes a program send: OpenTelemetry's own variables, which Deno reads by itself, whatever the
 * program may read.
 *
 * @param actor whose program
 * @param program which one
 * @param telemetry where it sends; nothing where it does not
 */
export function telemetryEnv(
  actor: AsyncActor,
  program: TellingProgram,
  telemetry: Telemetry | undefined,
): EnvVar[] {
  if (!telemetry) return [];
  const said = actor.spec.telemetry;
  const { service, container } = program;
  const isSent = said.metrics && !(service === "asya-sidecar" && readsOurFile(said, telemetry));
  const isOf = {
    "k8s.container.name": container,
    "service.instance.id": `${actor.metadata.namespace}.${POD_NAME}.${container}`,
  };
  return [
    ...podEnv(actor, isOf),
    plain("OTEL_DENO", "true"),
    plain("OTEL_DENO_CONSOLE", said.logs ? "capture" : "ignore"),
    plain("OTEL_DENO_METRICS", String(isSent)),
    plain("OTEL_EXPORTER_OTLP_ENDPOINT", telemetry.endpoint),
    plain("OTEL_EXPORTER_OTLP_PROTOCOL", said.protocol),
    plain("OTEL_EXPORTER_OTLP_TIMEOUT", EXPORT_TIMEOUT_MS),
    ...(said.headersSecretRef
      ? [fromSecret("OTEL_EXPORTER_OTLP_HEADERS", said.headersSecretRef)]
      : []),
    plain("OTEL_SERVICE_NAME", service),
    // Of a message that comes with a trace, who began that has decided.
    plain("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
    plain("OTEL_TRACES_SAMPLER_ARG", said.samplingRatio),
  ];
}

/**
 * Milliseconds that an export may take, of spans and then of the rest: at its end a program waits for
 * both, which has to fit into what is left of the pod's grace then.
 */
const EXPORT_TIMEOUT_MS = "2000";

const POD_NAME = "$(K8S_POD_NAME)";

/**
 * Which pod a container is in, as resource attributes: of what the operator knows, and of what only
 * the kubelet does, by the downward API. Nobody has to ask the API server.
 *
 * @param actor whose pod
 * @param more further attributes, whose values may refer to the variables before them
 */
export function podEnv(
  { metadata, spec }: AsyncActor,
  more: Readonly<Record<string, string>> = {},
): EnvVar[] {
  const attributes = {
    "asya.actor": metadata.name,
    "k8s.namespace.name": metadata.namespace,
    [`k8s.${spec.workload.type.toLowerCase()}.name`]: metadata.name,
    "k8s.node.name": "$(K8S_NODE_NAME)",
    "k8s.pod.name": POD_NAME,
    "k8s.pod.uid": "$(K8S_POD_UID)",
    ...more,
  };
  const value = Object.entries(attributes).map(([name, value]) => `${name}=${value}`).join(",");
  return [
    fromPod("K8S_NODE_NAME", "spec.nodeName"),
    fromPod("K8S_POD_NAME", "metadata.name"),
    fromPod("K8S_POD_UID", "metadata.uid"),
    { name: "OTEL_RESOURCE_ATTRIBUTES", value },
  ];
}

function fromPod(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
