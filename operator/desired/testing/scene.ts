import { parseActor } from "../../actor/parse_actor.ts";
import type { AsyncActor, Container, PodTemplate } from "../../actor/async_actor.ts";
import type { KubeObject } from "../../actor/kube_object.ts";
import { type Desired, desired } from "../desired.ts";
import type { Platform } from "../platform.ts";

/** What a resource says, as YAML would. */
export type Yaml = Readonly<Record<string, unknown>>;

/** A broker as a resource names it. */
export const broker: Yaml = { type: "rabbitmq", rabbitmq: { host: "rabbitmq" } };

/** The least that a pod template can be. */
export const template: Yaml = {
  spec: { containers: [{ name: "handler", image: "denoland/deno" }] },
};

/** What an operator could know. */
export const platform: Platform = {
  sidecarImage: "asya-sidecar:1",
  sidecarRun: "flags",
  permissions: {
    sidecar: {
      env: ["ASYA_*"],
      net: [
        "{ASYA_RABBITMQ_URL}",
        "{ASYA_RABBITMQ_HOST}:{ASYA_RABBITMQ_PORT=5672}",
        "{ASYA_METRICS_ADDR=:8080}",
        "unix:{ASYA_SOCKET_PATH=/tmp/sockets/app.sock}",
      ],
      read: ["{ASYA_SQLITE_PATH=.asya/queues.db}", "{ASYA_SOCKET_PATH=/tmp/sockets/app.sock}"],
    },
    runtime: { env: ["ASYA_*"], read: ["/"], run: ["deno", "cat"] },
  },
  runtimeImage: "asya-runtime:1",
  runtimeFiles: { "main.js": "run();", "mod.ts": "export {};" },
  runtimeHash: "0123456789ab",
  telemetry: { isOn: false },
  collectorImage: "otel/opentelemetry-collector-contrib:1",
  collectorFiles: { "collector.yaml": "receivers: {}" },
  gatewayUrl: "http://asya-gateway.asya.svc:8080",
  internalToken: "a token",
  hasKeda: true,
};

/**
 * An actor as the API server would have it.
 *
 * @param spec what differs from the least that it can say
 */
export function actorOf(spec: Yaml = {}): AsyncActor {
  const parsed = parseActor({
    metadata: { name: "ocr", namespace: "docs", uid: "u1", resourceVersion: "1", generation: 1 },
    spec: {
      queueName: "ocr",
      handler: "./ocr.ts",
      transport: broker,
      workload: { template },
      ...spec,
    },
  });
  if (!parsed.ok) throw new TypeError(parsed.problems.join("; "));
  return parsed.actor;
}

/**
 * An actor whose pod template has a spec of its own.
 *
 * @param pod the pod's spec
 * @param more what else the actor's spec says
 */
export function actorWithPod(pod: Yaml, more: Yaml = {}): AsyncActor {
  return actorOf({ workload: { template: { spec: pod } }, ...more });
}

/** The object of a kind; there is one. */
export function objectOf({ objects }: Desired, kind: string): KubeObject {
  const found = objects.find((object) => object.kind === kind);
  if (!found) throw new TypeError(`there is no ${kind}`);
  return found;
}

/** The spec of an object, whose fields a test knows. */
export function specOf(object: KubeObject): Record<string, unknown> {
  return object.spec as Record<string, unknown>;
}

/** The pod that an actor gets. */
export function templateOf(actor: AsyncActor, on: Platform = platform): PodTemplate {
  const made = desired(actor, on);
  return specOf(objectOf(made, actor.spec.workload.type)).template as PodTemplate;
}

/** A container of a pod, the init containers included. */
export function containerOf({ spec }: PodTemplate, name: string): Container {
  const found = [...spec.containers, ...spec.initContainers ?? []].find((one) => one.name === name);
  if (!found) throw new TypeError(`there is no container ${name}`);
  return found;
}

/** The values of a container's environment that stand in the pod. */
export function envOf({ env = [] }: Container): Record<string, string | undefined> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** The volumes that a container sees, by path. */
export function mountsOf({ volumeMounts = [] }: Container): Record<string, string> {
  return Object.fromEntries(volumeMounts.map(({ mountPath, name }) => [mountPath, name]));
}
