import type { QueueAnswer } from "@asya/transport";
import { TERMINAL_QUEUES } from "@asya/protocol";
import type { MeshFile } from "../file/mesh_file.ts";
import type { BrokerFacts } from "./judge_broker.ts";
import type { QueueFacts } from "./judge_queues.ts";

/** A queue that concerns a mesh, and who takes from it. */
export type ConcernedQueue = Pick<QueueFacts, "name" | "role">;

/**
 * The queues that the messages of a mesh go through.
 *
 * @param mesh the mesh's file
 */
export function queuesOf(mesh: MeshFile): ConcernedQueue[] {
  const { happyEnd, errorEnd, deadLetter } = TERMINAL_QUEUES;
  return [
    ...mesh.actors.map(({ name, timeoutMs, prefetch, concurrency }): ConcernedQueue => ({
      name,
      role: { kind: "actor", timeoutMs, prefetch, concurrency },
    })),
    ...mesh.stepsElsewhere.map((name): ConcernedQueue => ({ name, role: { kind: "elsewhere" } })),
    ...[happyEnd, errorEnd].map((name): ConcernedQueue => ({ name, role: { kind: "terminal" } })),
    { name: deadLetter, role: { kind: "dead_letters" } },
  ];
}

/**
 * The queues that the messages of a gateway go through, wherever their sidecars are.
 *
 * @param steps of its tools, and others that are served here
 */
export function queuesOfSteps(steps: readonly string[]): ConcernedQueue[] {
  if (steps.length === 0) return [];
  const { happyEnd, errorEnd, deadLetter } = TERMINAL_QUEUES;
  return [
    ...[...new Set(steps)].map((name): ConcernedQueue => ({ name, role: { kind: "elsewhere" } })),
    ...[happyEnd, errorEnd].map((name): ConcernedQueue => ({ name, role: { kind: "terminal" } })),
    { name: deadLetter, role: { kind: "dead_letters" } },
  ];
}

/**
 * Puts together what is known of each queue; nothing where the broker was not reached.
 *
 * @param queues the queues that concern a mesh
 * @param broker what is known of the broker
 * @param isRunning whether the mesh runs
 */
export function factsOf(
  queues: readonly ConcernedQueue[],
  broker: BrokerFacts,
  isRunning: boolean,
): QueueFacts[] {
  const { look, management } = broker;
  if (!look.ok) return [];
  return queues.map((queue) => {
    const answer: QueueAnswer | undefined = look.queues[queue.name];
    const managed = management.ok
      ? management.queues.find(({ name }) => name === queue.name)
      : undefined;
    return {
      ...queue,
      isRunning,
      answer,
      ...(managed && { managed }),
      isManaged: management.ok,
      brokerVersion: look.version,
    };
  });
}
