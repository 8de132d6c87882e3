import type { AsyncActor, SecretKey } from "../actor/async_actor.ts";
import { apartMs } from "./apart_ms.ts";
import { hashValue } from "./hash_value.ts";
import type { BrokerReached } from "./memory.ts";
import { objectKey, refOf } from "./object_key.ts";
import type { LivingView } from "./view.ts";
import { hasCondition } from "./live_status.ts";

/** A queue that KEDA cannot read is declared again after so long: somebody may have deleted it. */
const DECLARE_AGAIN_MS = 60_000;

/** The longest and the shortest time until what stood in the way of a broker is looked at again. */
const LONGEST_WAIT_MS = 30_000;
const SHORTEST_WAIT_MS = 1_000;

/**
 * The entries of Secrets that are needed to come to an actor's broker.
 *
 * @param actor whose broker
 */
export function brokerSecretsOf(
  { spec: { transport } }: AsyncActor,
): { readonly password?: SecretKey; readonly ca?: SecretKey } {
  if (transport.type !== "rabbitmq") return {};
  const { passwordSecretRef, tls } = transport.rabbitmq;
  return {
    ...(passwordSecretRef && { password: passwordSecretRef }),
    ...(tls.enabled && tls.caSecretRef && { ca: tls.caSecretRef }),
  };
}

/** What to reach for. */
export interface Reach {
  /** Of what the broker and the queue are. */
  readonly hash: string;
  /** Whether the queue is declared: KEDA watches it. Otherwise Secrets are looked for. */
  readonly declares: boolean;
}

/**
 * What has to be reached before anything else that needs it: a queue that KEDA is to watch, and
 * Secrets that pods are to be given.
 *
 * @param view what is known of the actor
 * @returns what to reach for, or nothing, where that was done or was tried a moment ago
 */
export function dueReach(view: LivingView): Reach | undefined {
  const { desired, memory: { broker }, nowMs, live } = view;
  const reach = reachOf(view);
  if (!reach || broker?.hash !== reach.hash) return reach;
  const sinceMs = apartMs(nowMs, broker.atMs);
  if (broker.problem) return sinceMs >= retryInMs(broker) ? reach : undefined;
  const scaled = desired.objects.find(({ kind }) => kind === "ScaledObject");
  const watcher = scaled && live.get(objectKey(refOf(scaled)));
  const isBlind = watcher !== undefined && hasCondition(watcher.status, "Ready", "False");
  return isBlind && sinceMs >= DECLARE_AGAIN_MS ? reach : undefined;
}

/**
 * Whether all was done for an actor's queue that can be done before KEDA watches it: it is there, or
 * was tried in vain. KEDA may come to a broker that does not let us in, and begins to scale when the
 * queue is there; without the password it cannot even begin.
 *
 * @param view what is known of the actor
 */
export function mayBeWatched(view: LivingView): boolean {
  const { broker } = view.memory;
  return broker !== undefined && broker.hash === reachOf(view)?.hash &&
    broker.problem?.reason !== "SecretMissing";
}

/**
 * How long to wait for a broker that could not be reached: as long again as it has been so.
 *
 * @param broker what came of reaching for it
 */
export function retryInMs({ atMs, problem }: BrokerReached): number {
  const lastedMs = apartMs(atMs, problem?.sinceMs ?? atMs);
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, lastedMs));
}

function reachOf({ actor, desired }: LivingView): Reach | undefined {
  const { transport, queueName, sidecar } = actor.spec;
  const declares = desired.objects.some(({ kind }) => kind === "ScaledObject");
  if (!declares && Object.keys(brokerSecretsOf(actor)).length === 0) return undefined;
  return { hash: hashValue([transport, queueName, sidecar.env, declares]), declares };
}
