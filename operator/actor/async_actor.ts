import type { actorSpec } from "./actor_spec.ts";
import type { actorStatus } from "./actor_status.ts";
import type { ObjectMetadata } from "./kube_object.ts";
import type { Read } from "./schema/field.ts";

/** An `AsyncActor` as the API server keeps it: its defaults are filled in. */
export interface AsyncActor {
  readonly metadata: ActorMetadata;
  readonly spec: ActorSpec;
  readonly status?: ActorStatus;
}

/** What the API server says of an actor. */
export interface ActorMetadata extends ObjectMetadata {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of `spec`. */
  readonly generation: number;
  /** When it was asked to go; it stays until its finalizers are gone. */
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
}

export type { SecretKey } from "./secret_key_field.ts";

/** What is asked of the operator: field by field what {@linkcode actorSpec} says. */
export type ActorSpec = Read<typeof actorSpec>;

/** What the operator says of an actor. */
export type ActorStatus = Read<typeof actorStatus>;

/** One thing that the operator says is so, or is not, as Kubernetes has conditions. */
export type Condition = NonNullable<ActorStatus["conditions"]>[number];

/** Another object in the actor's namespace. */
export type ObjectRef = NonNullable<ActorStatus["workloadRef"]>;

/** Where RabbitMQ is, and who comes to it. */
export type RabbitmqTransport = Extract<ActorSpec["transport"], { type: "rabbitmq" }>["rabbitmq"];

/** What an actor says of its traces, its metrics and its logs. */
export type TelemetrySpec = ActorSpec["telemetry"];

/** A PodTemplateSpec, passed through but for what the operator adds. */
export type PodTemplate = ActorSpec["workload"]["template"];

/** What the operator reads of a pod; everything else is passed through. */
export type PodSpec = PodTemplate["spec"];

/** What the operator reads of a container; everything else is passed through. */
export type Container = PodSpec["containers"][number];

/** One variable of a container. */
export type EnvVar = NonNullable<Container["env"]>[number];

/** Where a container sees a volume. */
export type VolumeMount = NonNullable<Container["volumeMounts"]>[number];

/** A volume of a pod. */
export type Volume = NonNullable<PodSpec["volumes"]>[number];
