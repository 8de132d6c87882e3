import { type Clock, DELAY_STEPS_S, type Outgoing, type PublishOutcome } from "@asya/transport";
import type { Dice } from "./dice.ts";
import { Link } from "./link.ts";

/** A message in a queue; each publish makes a new one. */
export interface Stored {
  /** Place in the broker's order of arrival. */
  readonly number: number;
  readonly outgoing: Outgoing;
  readonly publishedMs: number;
  /** Whether somebody had it and did not settle it. */
  isRedelivered: boolean;
}

/** One consumer as the broker knows it. */
export interface Tag {
  readonly queue: string;
  readonly link: Link;
  /** Messages that it may have unsettled; 0 once it is cancelled. */
  prefetch: number;
  readonly unacked: Set<Stored>;
  readonly onMessage: (stored: Stored) => void;
  readonly onCancelled: () => void;
}

/** Who is told what happens to messages inside the broker. */
export interface BrokerWatch {
  /** A message that somebody had is back in its queue. */
  onReturned(queue: string, stored: Stored): void;
}

/** A RabbitMQ in memory, with what can happen to it. */
export class SimBroker {
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #watch: BrokerWatch;
  readonly #ready = new Map<string, Stored[]>();
  readonly #tags: Tag[] = [];
  readonly #links = new Set<Link>();
  /** Messages that wait for a target which is gone, as quorum delay queues keep them. */
  readonly #homeless: Stored[] = [];
  #delayed = 0;
  #nextNumber = 1;
  #isUp = true;
  #isBlocked = false;
  /** Whether confirms are late, and whether the broker refuses what it is given. */
  mood: "well" | "slow" | "refusing" = "well";

  /**
   * @param clock tells when delays are over
   * @param dice say what goes wrong
   * @param watch is told what happens
   */
  constructor(clock: Clock, dice: Dice, watch: BrokerWatch) {
    this.#clock = clock;
    this.#dice = dice;
    this.#watch = watch;
  }

  /** Whether it takes connections. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Connects a client. */
  connect(): Link | undefined {
    if (!this.#isUp) return undefined;
    const link = new Link(this.#clock, this.#dice);
    link.stall(this.#isBlocked);
    link.whenBrokerEnds(() => this.#end(link));
    this.#links.add(link);
    return link;
  }

  /** Goes down, for all, or comes back with everything that was stored. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    if (!isUp) { for (const link of [...this.#links]) link.cut(0); }
  }

  /** Stops reading what clients write, as it does when short of memory, or reads again. */
  setBlocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    for (const link of [...this.#links]) link.stall(isBlocked);
  }

  /** Makes queues exist. */
  declare(queues: readonly string[]): void {
    for (const queue of queues) if (!this.#ready.has(queue)) this.#ready.set(queue, []);
    for (const stored of this.#homeless.splice(0)) this.#arrive(stored);
  }

  /** Deletes a queue with all that is in it, which nobody here consumes. */
  delete(queue: string): void {
    this.#ready.delete(queue);
  }

  /** Whether there is a queue. */
  has(queue: string): boolean {
    return this.#ready.has(queue);
  }

  /** Whether a queue has nothing waiting and nothing unsettled, and nothing at all is delayed. */
  isQuiet(queue: string): boolean {
    return this.#delayed === 0 && this.#homeless.length === 0 &&
      (this.#ready.get(queue) ?? []).length === 0 &&
      this.#tags.every((tag) => tag.queue !== queue || tag.unacked.size === 0);
  }

  /** What waits in a queue. */
  peek(queue: string): readonly Stored[] {
    return this.#ready.get(queue) ?? [];
  }

  /** Takes a message. */
  accept(outgoing: Outgoing): PublishOutcome {
    if (!this.#ready.has(outgoing.queue)) return "unroutable";
    const isRefused = this.mood === "refusing" && this.#dice.chance("refuse", 0.7);
    if (isRefused && this.#dice.chance("refuse before it is stored", 0.5)) return "failed";
    this.put(outgoing);
    return isRefused ? "failed" : "confirmed";
  }

  /** Stores a message, for the queue to show when its delay is over. */
  put(outgoing: Outgoing): void {
    const stored = this.#create(outgoing);
    const delayMs = outgoing.delayMs ?? 0;
    if (delayMs <= 0) this.#arrive(stored);
    else {
      this.#delayed++;
      const stepS = DELAY_STEPS_S.find((step) => delayMs <= step * 1_000) ?? 3_600;
      this.#clock.after(stepS * 1_000, () => {
        this.#delayed--;
        this.#arrive(stored);
      });
    }
  }

  /** How long a confirm takes to be made; those of a busy broker come late and in any order. */
  confirmDelayMs(): number {
    if (this.mood === "slow") return this.#dice.whole("slow confirm", 0, 45_000);
    return this.#dice.chance("confirm in a batch", 0.3) ? this.#dice.whole("batch", 0, 250) : 0;
  }

  /** Registers a consumer, which is sent nothing yet. */
  consume(tag: Omit<Tag, "unacked">): Tag | undefined {
    if (!this.#ready.has(tag.queue)) return undefined;
    const entry: Tag = { ...tag, unacked: new Set() };
    this.#tags.push(entry);
    return entry;
  }

  /** Sends a queue's messages to its consumers. */
  flow(queue: string): void {
    this.#deal(queue);
  }

  /** Sends no more to a consumer; what it has stays with it. */
  cancel(tag: Tag): void {
    tag.prefetch = 0;
    this.#forgetIdle(tag);
  }

  /** Ends consumers of its own accord, as when a queue changes its leader. */
  endConsumers(queue: string): void {
    for (const tag of this.#tags.filter((other) => other.queue === queue && other.prefetch > 0)) {
      this.cancel(tag);
      tag.link.deliver(tag.onCancelled);
    }
  }

  /** Settles a message: it is done. */
  ack(tag: Tag, stored: Stored): void {
    if (!tag.unacked.delete(stored)) return;
    this.#forgetIdle(tag);
    this.#deal(tag.queue);
  }

  /** Puts a message back. */
  nack(tag: Tag, stored: Stored): void {
    if (!tag.unacked.delete(stored)) return;
    this.#return(tag.queue, stored);
    this.#forgetIdle(tag);
    this.#deal(tag.queue);
  }

  /** A cancelled consumer that has nothing in hand is none any more. */
  #forgetIdle(tag: Tag): void {
    const index = this.#tags.indexOf(tag);
    if (index >= 0 && tag.prefetch === 0 && tag.unacked.size === 0) this.#tags.splice(index, 1);
  }

  #create(outgoing: Outgoing): Stored {
    const body = outgoing.body.slice();
    const publishedMs = this.#clock.now();
    const number = this.#nextNumber++;
    const stored = { number, outgoing: { ...outgoing, body }, publishedMs, isRedelivered: false };
    return stored;
  }

  #arrive(stored: Stored): void {
    const { queue } = stored.outgoing;
    const ready = this.#ready.get(queue);
    if (!ready) return void this.#homeless.push(stored);
    ready.push(stored);
    this.#deal(queue);
  }

  #return(queue: string, stored: Stored): void {
    stored.isRedelivered = true;
    const ready = this.#ready.get(queue) ?? [];
    const place = ready.findIndex(({ number }) => number > stored.number);
    ready.splice(place < 0 ? ready.length : place, 0, stored);
    this.#watch.onReturned(queue, stored);
  }

  /** Hands out what is ready to whoever has room, in turn. */
  #deal(queue: string): void {
    const ready = this.#ready.get(queue) ?? [];
    while (ready.length > 0) {
      const index = this.#tags.findIndex((tag) =>
        tag.queue === queue && tag.unacked.size < tag.prefetch
      );
      const [tag] = index < 0 ? [] : this.#tags.splice(index, 1);
      const stored = tag && ready.shift();
      if (!stored) return;
      this.#tags.push(tag);
      tag.unacked.add(stored);
      tag.link.deliver(() => tag.onMessage(stored));
    }
  }

  #end(link: Link): void {
    this.#links.delete(link);
    const ended = this.#tags.filter((tag) => tag.link === link);
    for (const tag of ended) this.#tags.splice(this.#tags.indexOf(tag), 1);
    for (const { queue, unacked } of ended) {
      for (const stored of unacked) this.#return(queue, stored);
    }
    for (const { queue } of ended) this.#deal(queue);
  }
}
