import { backoffMs } from "@asya/program";
import type { Clock, Outgoing, PublishOutcome, Transport } from "@asya/transport";
import type { Emit } from "./events.ts";
import type { Policy } from "./policy.ts";

/** What became of messages that must not be lost. */
export type Published =
  | { readonly kind: "confirmed" }
  /** A next step's queue did not come to be in time. */
  | { readonly kind: "unroutable"; readonly queue: string }
  /** This process ends; some of them may have been confirmed. */
  | { readonly kind: "abandoned" };

/** What a publisher is made of. */
export interface PublisherParts {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly emit: Emit;
  readonly policy: Policy;
  /** Milliseconds that a next step's queue is waited for. */
  readonly routeWaitMs: number;
  /** Which missing queues to create. */
  readonly queueCreate: "own" | "all" | "none";
}

/** Waits between tries. */
const RETRY = { baseMs: 50, maxMs: 2_000 };

/** Publishes until everything is confirmed: what a message has become is held until then. */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #ownQueues: ReadonlySet<string>;
  readonly #waits = new Set<() => void>();
  #isAbandoned = false;

  /** @param parts where to publish, and by which rules */
  constructor(parts: PublisherParts) {
    const { queue, happyEnd, errorEnd, deadLetter } = parts.policy;
    this.#parts = parts;
    this.#ownQueues = new Set([queue, happyEnd, errorEnd, deadLetter]);
  }

  /**
   * Publishes messages, again where need be. A missing queue of a next step is waited for so long;
   * the sidecar's own and the terminal ones for ever, since their messages have nowhere else to go.
   *
   * @param messages in order
   */
  async publishAll(messages: readonly Outgoing[]): Promise<Published> {
    const { clock, random, routeWaitMs } = this.#parts;
    const beganMs = clock.elapsed();
    let pending = messages;
    for (let attempt = 1; pending.length > 0; attempt++) {
      const outcomes = await this.#publishOnce(pending, attempt);
      if (outcomes.every((outcome) => outcome === "confirmed")) break;
      const unroutable = pending.filter((_, index) => outcomes[index] === "unroutable");
      pending = pending.filter((_, index) => outcomes[index] !== "confirmed");
      const isCreated = await this.#create(unroutable);
      if (isCreated && attempt === 1) continue;
      const gone = unroutable.find(({ queue }) => !this.#ownQueues.has(queue));
      if (gone && clock.elapsed() - beganMs >= routeWaitMs) {
        return { kind: "unroutable", queue: gone.queue };
      }
      if (this.#isAbandoned) return { kind: "abandoned" };
      await this.#wait(backoffMs(attempt - 1, random(), RETRY));
    }
    return { kind: "confirmed" };
  }

  /** Stops waiting: each publish that is under way gets one last try. */
  abandon(): void {
    this.#isAbandoned = true;
    for (const end of this.#waits) end();
  }

  async #publishOnce(messages: readonly Outgoing[], attempt: number): Promise<PublishOutcome[]> {
    const { transport, clock, emit } = this.#parts;
    const beganMs = clock.elapsed();
    const outcomes = await transport.publish(messages);
    const durationMs = clock.elapsed() - beganMs;
    messages.forEach(({ queue, body }, index) => {
      const outcome = outcomes[index] ?? "failed";
      if (outcome === "confirmed") emit({ kind: "sent", queue, bytes: body.length, durationMs });
      else emit({ kind: "send_failed", queue, outcome, attempt });
    });
    return outcomes;
  }

  /** Creates the missing queues that it may; says whether these are all. */
  async #create(unroutable: readonly Outgoing[]): Promise<boolean> {
    const { transport, queueCreate } = this.#parts;
    const missing = [...new Set(unroutable.map(({ queue }) => queue))];
    const mine = missing.filter((queue) =>
      queueCreate === "all" || (queueCreate === "own" && this.#ownQueues.has(queue))
    );
    if (mine.length === 0) return false;
    try {
      await transport.declare(mine);
    } catch {
      // The publish that follows says what is missing still.
      return false;
    }
    return mine.length === missing.length;
  }

  async #wait(delayMs: number): Promise<void> {
    if (this.#isAbandoned) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waits.add(resolve);
    // waits for a queue to be created, or for the broker to come back
    const cancelTimer = this.#parts.clock.after(delayMs, resolve);
    await promise;
    cancelTimer();
    this.#waits.delete(resolve);
  }
}
