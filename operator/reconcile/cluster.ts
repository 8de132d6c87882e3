import type {
  ActorMetadata,
  ActorStatus,
  AsyncActor,
  ObjectRef,
  SecretKey,
} from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";

/** An actor that can be asked after, told of and deleted, but whose spec makes no sense. */
export interface UnreadActor {
  readonly metadata: ActorMetadata;
  readonly status?: ActorStatus;
  /** What is wrong with it, one sentence each. */
  readonly problems: readonly string[];
}

/** An actor as a watch has it. */
export type SeenActor = AsyncActor | UnreadActor;

/** An object in a namespace. */
export interface PlacedRef extends ObjectRef {
  readonly namespace: string;
}

/** An object that the operator applied, as the API server has it, cut down to what decides. */
export interface LiveObject extends PlacedRef {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of `spec`, for kinds that count them. */
  readonly generation?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whose it is: the uid of the owner that controls it. */
  readonly ownerUid?: string;
  /** Whether it was asked to go. */
  readonly isGoing: boolean;
  /** How many replicas the spec of a Deployment or StatefulSet asks for. */
  readonly replicas?: number;
  /** What is in a ConfigMap, as `fileContent` says it; watches do not show it. */
  readonly content?: string;
  /** Of workloads and ScaledObjects. */
  readonly status?: Readonly<Record<string, unknown>>;
}

/** What a reconcile may do in a cluster. Everything rejects with a `KubeError`. */
export interface Cluster {
  /** Asks the API server itself, not a cache. */
  read(ref: PlacedRef): Promise<LiveObject | undefined>;
  /** Server-side apply, by force: fields that are not said any more go. */
  apply(object: KubeObject): Promise<LiveObject>;
  /**
   * Says, beside what {@linkcode Cluster.apply} says, that a workload has as many replicas as it has:
   * they stay when that does not say them any more. Others may change them.
   */
  keepReplicas(workload: LiveObject): Promise<void>;
  /** Asks an object to go, if it still is the one of that uid; one that is gone is no error. */
  remove(object: LiveObject, dependants: "Background" | "Orphan"): Promise<void>;
  /**
   * Sets an actor's finalizers, if it is unchanged since it was read.
   *
   * @returns the actor's resourceVersion after that
   */
  setFinalizers(actor: SeenActor, finalizers: readonly string[]): Promise<string>;
  /**
   * Applies the whole status.
   *
   * @returns the actor's resourceVersion after that
   */
  applyStatus(actor: SeenActor, status: ActorStatus): Promise<string>;
  /** One entry of a Secret as text, if there is one. */
  readSecret(namespace: string, ref: SecretKey): Promise<string | undefined>;
}

/** What watches have seen: it may be late, and knows no more than it needs. */
export interface Cache {
  /** An actor, as parsed or with why it cannot be. */
  actor(namespace: string, name: string): SeenActor | undefined;
  /** The actors of a namespace. */
  actorsIn(namespace: string): readonly SeenActor[];
  /** What carries the label of an actor, whoever owns it. */
  labelled(namespace: string, actorName: string): readonly LiveObject[];
  /** ConfigMaps of the operator in a namespace, and the workloads that may mount them. */
  runtimesIn(namespace: string): readonly LiveObject[];
  /** Whether the cluster knows KEDA's kinds. */
  readonly hasKeda: boolean;
}

/** What the entries of Secrets that an actor names say, where they are there. */
export interface BrokerSecrets {
  readonly password?: string;
  /** PEM: who may vouch for the broker. */
  readonly ca?: string;
}

/** Makes an actor's queue exist in its broker. */
export interface Queues {
  /**
   * Declares the queue, or finds it as it is, within some seconds.
   *
   * @returns what stands in the way, as a sentence, or nothing
   */
  declare(actor: AsyncActor, secrets: BrokerSecrets): Promise<string | undefined>;
}

/** What is told of an actor as an Event of Kubernetes. */
export interface Told {
  readonly type: "Normal" | "Warning";
  /** CamelCase. */
  readonly reason: string;
  readonly note: string;
}

/** Tells an actor's owner what happened: best effort, never rejects. */
export interface Recorder {
  record(actor: SeenActor, told: Told): void;
}
