import type { Clock } from "@asya/transport";
import type { Emit } from "../event.ts";
import type { Publisher } from "./outbox.ts";

/**
 * Tells how long a publisher takes.
 *
 * @param publisher what is measured
 * @param clock by which
 * @param emit is told
 */
export function meterPublisher(
  publisher: Publisher,
  clock: Pick<Clock, "elapsed">,
  emit: Emit,
): Publisher {
  return {
    async publish(messages) {
      const startMs = clock.elapsed();
      const outcomes = await publisher.publish(messages);
      emit({ kind: "publish_answered", ms: clock.elapsed() - startMs });
      return outcomes;
    },
  };
}
