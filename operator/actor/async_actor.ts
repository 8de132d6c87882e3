import type { ObjectMetadata } from "./kube_object.ts";

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

/** One variable of a container; `valueFrom` is passed through. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** One entry of a Secret in the actor's namespace. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Where RabbitMQ is, and who comes to it. */
export interface RabbitmqTransport {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly vhost: string;
  readonly passwordSecretRef?: SecretKey;
  readonly managementPort: number;
  readonly tls: { readonly enabled: boolean; readonly caSecretRef?: SecretKey };
}

/** Amazon's queues: known to the schema, not supported. */
export interface SqsTransport {
  readonly region: string;
  readonly queueBaseUrl: string;
  readonly visibilityTimeout: number;
  readonly waitTimeSeconds: number;
}

/** What is asked of the operator. Field by field the YAML's `spec`, with its defaults. */
export interface ActorSpec {
  readonly queueName: string;
  readonly transport:
    | { readonly type: "rabbitmq"; readonly rabbitmq: RabbitmqTransport }
    | { readonly type: "sqs"; readonly sqs: SqsTransport };
  readonly sidecar: {
    readonly image?: string;
    readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
    readonly resources?: Readonly<Record<string, unknown>>;
    readonly env: readonly EnvVar[];
    /** As an init container that restarts always, which starts before and ends after the others. */
    readonly native: boolean;
  };
  readonly socket: {
    readonly path: string;
    /** Bytes, as decimal digits. */
    readonly maxSize: string;
  };
  readonly timeout: {
    /** Seconds. */
    readonly processing: number;
    /** Seconds. */
    readonly gracefulShutdown: number;
  };
  readonly scaling: {
    readonly enabled: boolean;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    /** Seconds. */
    readonly pollingInterval: number;
    /** Seconds; not set: 60, and never less than a message may take. */
    readonly cooldownPeriod?: number;
    /** Messages per replica. */
    readonly queueLength: number;
    /** Messages that wake an actor of no replicas. */
    readonly activationQueueLength: number;
  };
  /** Deno permissions of the handler, by kind; `["*"]` is all of that kind. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
  readonly handler?: string;
  readonly runtime: { readonly inject: "configmap" | "binary" | "none"; readonly image?: string };
  /** Whether a NetworkPolicy holds the pod to what `permissions.net` and its own needs say. */
  readonly networkPolicy: { readonly enabled: boolean };
  readonly workload: {
    readonly type: "Deployment" | "StatefulSet" | "Job";
    /** When scaling is off. */
    readonly replicas: number;
    readonly template: PodTemplate;
    readonly volumeClaimTemplates: readonly Readonly<Record<string, unknown>>[];
  };
}

/** A PodTemplateSpec, passed through but for what the operator adds. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

/** What the operator reads of a pod; everything else is passed through. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly [field: string]: unknown;
}

/** What the operator reads of a container; everything else is passed through. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly [field: string]: unknown;
}

/** A volume of a pod. */
export interface Volume {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Where a container sees a volume. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly [field: string]: unknown;
}

/** What the operator says of an actor. */
export interface ActorStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly selector?: string;
  readonly workloadRef?: ObjectRef;
  readonly scaledObjectRef?: ObjectRef;
  readonly conditions?: readonly Condition[];
}

/** Another object in the actor's namespace. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** One of {@linkcode CONDITIONS}, as Kubernetes has conditions. */
export interface Condition {
  readonly type: "Ready" | "WorkloadReady" | "ScalingReady" | "Progressing" | "Degraded";
  readonly status: "True" | "False" | "Unknown";
  /** CamelCase, for machines. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}
