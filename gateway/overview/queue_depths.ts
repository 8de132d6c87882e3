import type { QueueState } from "@asya/transport";

/** What is in a queue. */
export interface QueueDepth {
  /** Messages that wait to be taken. */
  readonly ready: number;
  /** Who takes them, where the broker tells. */
  readonly consumers: number | null;
}

/** Where queues can be looked at. */
export interface QueueSource {
  readonly connected: boolean;
  /** What a queue holds, or `undefined` when there is none. */
  inspect(queue: string): Promise<QueueState | undefined>;
}

/** What was seen in some queues. */
export interface SeenQueues {
  /** Those that there are. */
  readonly depths: ReadonlyMap<string, QueueDepth>;
  /** Whether all were looked at; the broker may go away at any time. */
  readonly isComplete: boolean;
}

/** Queues that are asked for at a time. */
const QUEUES_AT_A_TIME = 8;

/**
 * Looks into queues, a few at a time.
 *
 * @param source where they are
 * @param queues their names
 */
export async function readDepths(
  source: QueueSource,
  queues: readonly string[],
): Promise<SeenQueues> {
  const depths = new Map<string, QueueDepth>();
  try {
    for (let at = 0; at < queues.length; at += QUEUES_AT_A_TIME) {
      if (!source.connected) return { depths, isComplete: false };
      await Promise.all(
        queues.slice(at, at + QUEUES_AT_A_TIME).map(async (queue) => {
          const state = await source.inspect(queue);
          if (state) depths.set(queue, { ready: state.ready, consumers: state.consumers ?? null });
        }),
      );
    }
    return { depths, isComplete: source.connected };
  } catch {
    // The broker went away, which it tells by itself; what it did not say is not known.
    return { depths, isComplete: false };
  }
}
