import type { SecretKey } from "../actor/async_actor.ts";
import type { Action } from "./action.ts";
import { brokerSecretsOf } from "./broker_reach.ts";
import type { BrokerSecrets } from "./cluster.ts";
import { refusalOf } from "./kube_error.ts";
import type { BrokerReached } from "./memory.ts";
import type { Tools } from "./tools.ts";
import { type View, withMemory } from "./view.ts";

/** Why a broker could not be reached. */
type Problem = Pick<NonNullable<BrokerReached["problem"]>, "reason" | "message">;

/**
 * Looks for an actor's Secrets, and declares its queue where KEDA is to watch it.
 *
 * @param action what to reach for
 * @param view what is known
 * @param tools what it is done with
 * @returns what is known after that: what stands in the way is remembered, not thrown
 * @throws {KubeError} where the API server is in the way of everything
 */
export async function reachBroker<V extends View>(
  { hash, declares }: Extract<Action, { kind: "reach_broker" }>,
  view: V,
  tools: Tools,
): Promise<V> {
  const { broker: before } = view.memory;
  const problem = await problemOfBroker(declares, view, tools);
  const atMs = tools.now().getTime();
  const known = before?.hash === hash ? before : undefined;
  if (!problem && declares && (!known || known.problem) && "spec" in view.actor) {
    tools.note({ kind: "queue_declared", queue: view.actor.spec.queueName });
  }
  const sinceMs = known?.problem?.sinceMs ?? atMs;
  return withMemory(view, {
    broker: { hash, atMs, ...(problem && { problem: { ...problem, sinceMs } }) },
  });
}

async function problemOfBroker(
  declares: boolean,
  { actor }: View,
  { cluster, queues }: Tools,
): Promise<Problem | undefined> {
  if (!("spec" in actor)) return undefined;
  const { namespace } = actor.metadata;
  const secrets: Record<string, string> = {};
  const wanted: [string, SecretKey][] = Object.entries(brokerSecretsOf(actor));
  for (const [what, ref] of wanted) {
    try {
      const text = await cluster.readSecret(namespace, ref);
      if (text === undefined) {
        const message = `There is no Secret ${ref.name} with an entry ${ref.key}; create it.`;
        return { reason: "SecretMissing", message };
      }
      secrets[what] = text;
    } catch (error) {
      return { reason: "SecretRefused", message: refusalOf(error).message };
    }
  }
  if (!declares) return undefined;
  const known: BrokerSecrets = secrets;
  const sentence = await queues.declare(actor, known);
  if (sentence === undefined) return undefined;
  const { queueName } = actor.spec;
  return { reason: "QueueNotDeclared", message: `No queue ${queueName} yet: ${sentence}.` };
}
