import { toFailure } from "@asya/protocol";
import { type Delivery, Roster, type Transport } from "@asya/transport";
import { admit, type Memory } from "./admit.ts";
import { apply, type ApplyParts, type Settlement } from "./apply.ts";
import { Calls, type CallsParts } from "./call.ts";
import { decide } from "./decide.ts";
import { decideFailure, decideUnreadable, resend } from "./decide_failure.ts";
import type { CallEnd, Decision } from "./decision.ts";
import type { HostState } from "./handler_client.ts";
import { reportCompleted } from "./progress.ts";
import { Subscription } from "./subscription.ts";
import type { WorkTrace, WorkTracer } from "./trace_work.ts";
import type { Work } from "./work.ts";

/** Messages that the consumer of a host of single exchanges holds: the one at work, and the next. */
const ONE_EXCHANGE_PREFETCH = 2;

/** What a queue consumer is made of. */
export interface QueueConsumerParts extends ApplyParts, CallsParts {
  readonly transport: Transport;
  /** Makes traces of the work; absent where nobody collects them. */
  readonly tracer?: WorkTracer | undefined;
  /** Messages worked on at a time. */
  readonly prefetch: number;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}

/** What becomes of a message, and what it turned out to be. */
interface Decided {
  readonly work?: Work;
  readonly decision: Decision;
  readonly trace: WorkTrace | undefined;
}

/** Carries each message of a queue from its arrival to its end: admit, call, decide, apply. */
export class QueueConsumer {
  readonly #parts: QueueConsumerParts;
  readonly #subscription: Subscription;
  readonly #calls: Calls;
  readonly #memory: Memory;
  readonly #inHand = new Roster<Promise<void>>();
  /** Those of them that the broker delivered again. */
  readonly #cameAgain = new Set<Promise<void>>();
  /** Ends the waits for those to be counted, for good or in vain. */
  readonly #waits = new Set<(areCounted: boolean) => void>();
  /** When a message last came or went. */
  #lastMs: number;

  /** @param parts where messages come from, and everyone who has a hand in them */
  constructor(parts: QueueConsumerParts) {
    const { transport, policy: { queue }, done, inactive, clock, random, emit } = parts;
    const onDelivery = (delivery: Delivery) => this.#take(delivery);
    this.#parts = parts;
    this.#lastMs = clock.elapsed();
    this.#calls = new Calls(parts);
    this.#memory = { isDone: (id) => done.has(id), isInactive: (id) => inactive.has(id) };
    const settled = () => this.settled();
    this.#subscription = new Subscription({
      ...{ transport, queue, clock, random, emit },
      onDelivery,
      settled,
    });
  }

  /** Messages that were taken and are not settled. */
  get inHand(): number {
    return this.#inHand.size;
  }

  /**
   * Takes messages while there is a host for them, and no more than it can be given.
   *
   * @param host what is known of it
   */
  followHost(host: HostState): void {
    const { prefetch } = this.#parts;
    if (!host) this.#subscription.want(0);
    else if (host.kind === "session") this.#subscription.want(prefetch);
    else this.#subscription.want(Math.min(prefetch, ONE_EXCHANGE_PREFETCH));
  }

  /**
   * Stops the work on jobs that nobody waits for any more.
   *
   * @param jobIds the jobs
   */
  abandonJobs(jobIds: readonly string[]): void {
    this.#parts.emit({ kind: "inactive", jobs: jobIds.length });
    for (const jobId of jobIds) {
      this.#parts.inactive.add(jobId);
      this.#calls.cancel(jobId);
    }
  }

  /** Takes no more messages. */
  async stop(): Promise<void> {
    for (const end of this.#waits) end(false);
    await this.#subscription.close();
  }

  /** Resolves when nothing is in hand. */
  async settled(): Promise<void> {
    while (this.#inHand.size > 0) await Promise.all(this.#inHand);
  }

  #take(delivery: Delivery): void {
    const carrying = this.#carry(delivery).finally(() => {
      this.#inHand.delete(carrying);
      this.#cameAgain.delete(carrying);
    });
    this.#inHand.add(carrying);
    if (delivery.redelivered) this.#cameAgain.add(carrying);
  }

  async #carry(delivery: Delivery): Promise<void> {
    const { clock, emit } = this.#parts;
    const receivedMs = clock.elapsed();
    emit({ kind: "received", bytes: delivery.body.length, waitMs: receivedMs - this.#lastMs });
    this.#lastMs = receivedMs;
    const { work, decision, trace } = await this.#decide(delivery);
    const settlement = { delivery, work, receivedMs, decision, trace };
    const applied = await apply(settlement, this.#parts) ?? await this.#giveBack(settlement);
    trace?.end(applied);
    if (work?.kind === "step" && (applied?.kind === "forward" || applied?.kind === "finish")) {
      const { reporter, policy } = this.#parts;
      const durationMs = clock.elapsed() - receivedMs;
      reporter.report(reportCompleted(work, policy, durationMs, applied.steps));
    }
    this.#lastMs = clock.elapsed();
    emit({ kind: "settled" });
  }

  /** What becomes of a message; a fault in this very program fails the message, not the process. */
  async #decide(delivery: Delivery): Promise<Decided> {
    const { policy, clock, emit, tracer } = this.#parts;
    const arrivedMs = clock.now();
    let work: Work | undefined;
    let trace: WorkTrace | undefined;
    try {
      const admission = admit(delivery, policy, this.#memory, arrivedMs);
      trace = tracer?.begin(delivery, admission.work, arrivedMs);
      if (admission.kind === "refuse") return { ...admission, trace };
      work = trace?.carry(admission.work) ?? admission.work;
      const { foreignStep: step } = admission;
      if (step !== undefined) emit({ kind: "foreign_step", step });
      const end: CallEnd = this.#cameAgain.size === 0 || await this.#areCounted()
        ? await this.#calls.make(work, trace)
        : { kind: "given_back" };
      return { work, trace, decision: decide(work, end, policy, clock.now()) };
    } catch (error) {
      const failure = toFailure(error);
      return work
        ? { work, trace, decision: decideFailure(work, failure, policy) }
        : { trace, decision: decideUnreadable(delivery, failure, policy) };
    }
  }

  /**
   * Waits until what came again is counted; says whether that was before the process was to end.
   * A call that kills this process must not find messages half counted: each would be doubled, and
   * so would the deaths to come.
   */
  async #areCounted(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waits.add(resolve);
    Promise.all(this.#cameAgain).then(() => resolve(true));
    const areCounted = await promise;
    this.#waits.delete(resolve);
    return areCounted;
  }

  /**
   * The process ends before the message could be settled: one try to put it back, with no other
   * counts than it was to go back with.
   */
  async #giveBack(settlement: Settlement): Promise<Decision | undefined> {
    const { policy, emit } = this.#parts;
    const { work, decision: intended } = settlement;
    const decision = intended.kind === "retry"
      ? intended
      : work && resend(work, "given_back", {}, policy);
    const applied = decision && await apply({ ...settlement, decision }, this.#parts);
    if (!applied) emit({ kind: "abandoned" });
    return applied;
  }
}
