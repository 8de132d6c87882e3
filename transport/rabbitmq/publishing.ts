import type { Clock } from "../clock.ts";
import type { Outgoing, PublishOutcome, TransportEvent } from "../transport.ts";
import { delayStepS } from "./delay_ladder.ts";
import type { Link } from "./link.ts";
import { Probe, type QueueAnswer } from "./probe.ts";
import { Publisher } from "./publisher.ts";
import type { Session } from "./session.ts";
import type { Topology } from "./topology.ts";

/** What publishing stands on. */
export interface PublishingOptions {
  readonly link: Link;
  readonly topology: Topology;
  /** The exchange that messages without a delay are published to. */
  readonly exchange: string;
  readonly clock: Clock;
  /** Bytes that are written and not confirmed at a time; a larger message goes alone. */
  readonly maxInFlightBytes: number;
  /**
   * Milliseconds after which a confirm is not waited for any more: twice as many each time when the
   * broker confirmed nothing at all, since it may be slow and not have lost anything.
   */
  readonly confirmLimitMs: number;
  readonly onEvent: (event: TransportEvent) => void;
}

/** However slow the broker is, a confirm is waited for no longer than this. */
const LONGEST_CONFIRM_LIMIT_MS = 120_000;

/** AMQP cannot name a longer queue. */
const MAX_NAME_BYTES = 255;

/** Sends each message its way: to the one exchange, or to the delay queue that it shall wait in. */
export class Publishing {
  readonly #options: PublishingOptions;
  /** How many messages have an outcome that is not known yet, and who waits for there to be none. */
  #underWay = 0;
  readonly #settled: (() => void)[] = [];
  readonly #probes = new WeakMap<Session, Probe>();
  #publisher: Publisher | undefined;
  #confirmLimitMs: number;
  #opening: Promise<Publisher> | undefined;

  /** @param options the way to the broker */
  constructor(options: PublishingOptions) {
    this.#options = options;
    this.#confirmLimitMs = options.confirmLimitMs;
  }

  /** Makes a fresh connection ready to be published on. */
  async setUp(session: Session): Promise<void> {
    await this.#open(session);
  }

  /**
   * Publishes messages in order; those with a delay when their way is found.
   *
   * @param messages what to publish
   * @returns one outcome per message, in the same order
   */
  publish(messages: readonly Outgoing[]): Promise<PublishOutcome[]> {
    const { session } = this.#options.link;
    if (session === undefined || messages.length === 0) {
      return Promise.resolve(messages.map(() => "failed"));
    }
    const { promise, resolve } = Promise.withResolvers<PublishOutcome[]>();
    const outcomes: PublishOutcome[] = [];
    let left = messages.length;
    this.#underWay += left;
    // One promise for all of them: with many in flight, one for each would be most of the work.
    messages.forEach((message, index) =>
      this.#publishOne(session, message, (outcome) => {
        outcomes[index] = outcome;
        if (--left === 0) resolve(outcomes);
        this.#noteOutcome();
      })
    );
    return promise;
  }

  /** Asks the broker for a queue; rejects when it does not answer. */
  look(session: Session, queue: string): Promise<QueueAnswer | undefined> {
    const probe = this.#probes.get(session) ?? new Probe(session);
    this.#probes.set(session, probe);
    return probe.look(queue);
  }

  /** Goes on after the broker took no messages for a while. */
  unblock(): void {
    this.#publisher?.unblock();
  }

  /** Resolves when the outcome of all that was published is known. */
  settled(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** Publishes nothing any more; what is not confirmed has failed. */
  async close(): Promise<void> {
    await this.#publisher?.close();
  }

  #publishOne(
    session: Session,
    message: Outgoing,
    onOutcome: (outcome: PublishOutcome) => void,
  ): void {
    const { topology, exchange } = this.#options;
    const publisher = this.#publisher;
    const isPlain = !(message.delayMs && message.delayMs > 0);
    if (isPlain && publisher?.isOpen && topology.has(exchange) && message.queue.length < 64) {
      publisher.publish(exchange, message, onOutcome);
    } else this.#publishSlowly(session, message, isPlain).then(onOutcome);
  }

  #noteOutcome(): void {
    if (--this.#underWay > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  /** Publishes one message after finding out whether there is a way for it. */
  async #publishSlowly(
    session: Session,
    message: Outgoing,
    isPlain: boolean,
  ): Promise<PublishOutcome> {
    try {
      if (!await this.#isRoutable(session, message, isPlain)) return "unroutable";
      const exchange = await this.#findExchange(session, message, isPlain);
      if (exchange === undefined) return "failed";
      const publisher = await this.#open(session);
      const outcome = await new Promise<PublishOutcome>((resolve) =>
        publisher.publish(exchange, message, resolve)
      );
      if (isPlain || outcome !== "unroutable") return outcome;
      // Not the message's queue is missing, but the one that it should have waited in.
      this.#options.topology.noteNoQueue(exchange);
      return "failed";
    } catch {
      // The connection is lost, which its own event tells.
      return "failed";
    }
  }

  /** A classic delay queue drops what it cannot hand on, so the way on is looked at before. */
  async #isRoutable(
    session: Session,
    { queue }: Outgoing,
    isPlain: boolean,
  ): Promise<boolean> {
    if (new TextEncoder().encode(queue).length > MAX_NAME_BYTES) return false;
    if (!await this.#options.topology.findExchange(session)) return false;
    return isPlain || await this.look(session, queue) !== undefined;
  }

  /** The exchange that leads to a message's queue, or to the one in which it waits. */
  async #findExchange(
    session: Session,
    { delayMs = 0 }: Outgoing,
    isPlain: boolean,
  ): Promise<string | undefined> {
    const { topology, exchange } = this.#options;
    return isPlain ? exchange : await topology.findDelay(session, delayStepS(delayMs));
  }

  #open(session: Session): Promise<Publisher> {
    if (this.#publisher?.isOpen) return Promise.resolve(this.#publisher);
    this.#opening ??= this.#openAnew(session);
    return this.#opening;
  }

  async #openAnew(session: Session): Promise<Publisher> {
    const { topology, onEvent } = this.#options;
    try {
      const handle = await session.openConfirmChannel();
      const publisher: Publisher = new Publisher(handle, {
        ...this.#options,
        session,
        confirmLimitMs: this.#confirmLimitMs,
        onOverdue: () => this.#noteOverdue(publisher),
      });
      publisher.ended.then((problem) => {
        if (problem === undefined || !session.isAlive) return;
        // It may have been an exchange that is gone.
        topology.forget();
        onEvent({ kind: "publisher_ended", reason: problem.message });
      });
      this.#publisher = publisher;
      return publisher;
    } finally {
      this.#opening = undefined;
    }
  }

  #noteOverdue(publisher: Publisher): void {
    const { confirmLimitMs, onEvent } = this.#options;
    const limitMs = this.#confirmLimitMs;
    this.#confirmLimitMs = publisher.hasConfirmed
      ? confirmLimitMs
      : Math.min(2 * limitMs, LONGEST_CONFIRM_LIMIT_MS);
    onEvent({ kind: "publisher_ended", reason: `a confirm did not come within ${limitMs} ms` });
  }
}
