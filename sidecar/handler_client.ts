import type { InstanceExit } from "@asya/protocol";
import { backoffMs } from "@asya/program";
import type { Clock } from "@asya/transport";
import { blame, type LostCall } from "./blame.ts";
import { CallQueue } from "./call_queue.ts";
import type { CallEnd } from "./decision.ts";
import type { Emit } from "./events.ts";
import type { CallRequest, Exchange, HostConnection, HostPlace } from "./host.ts";

/** What is known of the host at a moment; `undefined` while it is away. */
export type HostState = Pick<HostConnection, "kind" | "concurrency"> | undefined;

/** A call that was handed to the client. */
export interface HandlerCall {
  /** How it ended. Never rejects. */
  readonly ended: Promise<CallEnd>;
  /** Stops it, since nobody waits for it any more. */
  cancel(): void;
}

/** What a handler client is made of. */
export interface HandlerClientParts {
  readonly place: HostPlace;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
  readonly emit: Emit;
  /** Milliseconds that calls are kept while the host is away; then they are given back. */
  readonly patienceMs: number;
  /** Is told when the host comes and goes. */
  readonly onHost: (state: HostState) => void;
}

/** A call from its acceptance to its end, over as many exchanges as it takes. */
interface Ticket {
  readonly request: CallRequest;
  readonly end: (end: CallEnd) => void;
  isCancelled: boolean;
  /** Whether it may have killed its runtime, and must run alone. */
  isSuspect: boolean;
  /** Its number on the connection that it is on, or was lost with. */
  call: number;
}

/** A call whose connection ended before its reply came. */
interface Broken {
  readonly ticket: Ticket;
  readonly exchange: Extract<Exchange, { kind: "lost" | "spared" }>;
}

/** A call that waits for the judgement on how its instance ended. */
interface Lost extends LostCall {
  readonly ticket: Ticket;
}

/** Waits between attempts to reach a host: a cheap thing to try, and messages wait for it. */
const RECONNECT = { baseMs: 20, maxMs: 500 };

/**
 * Calls the handler: keeps the connection to its host, gives the host as many calls as it takes,
 * and finds out, when a host dies, whose fault that was.
 */
export class HandlerClient {
  readonly #parts: HandlerClientParts;
  readonly #queue = new CallQueue<Ticket>();
  #connection: HostConnection | undefined;
  /** Why the host is away; `undefined` while it is there. */
  #awayFor: string | undefined;
  #patienceIsOver = false;
  #cancelPatience = () => {};
  /** Calls of the connection that is just ending, in the order in which they learnt of it. */
  #broken: Broken[] = [];
  /** Calls that an instance took along; its record, read when the next one answers, judges them. */
  #lost: Lost[] = [];
  #lostInstance = "";
  #hasAnswered = false;
  #nextCall: number;
  #isDraining = false;
  #isClosed = false;
  #whenIdle = () => {};
  #endWait = () => {};
  #loop: Promise<void> = Promise.resolve();

  /** @param parts where the host is found, and whom to tell */
  constructor(parts: HandlerClientParts) {
    this.#parts = parts;
    // Numbers of a host's earlier clients must not be taken for ours.
    this.#nextCall = 1 + Math.floor(parts.random() * 1e9);
  }

  /** What is known of the host at this moment. */
  get host(): HostState {
    return this.#connection;
  }

  /** Begins to look for the host, and keeps looking until the client is closed. */
  start(): void {
    this.#loop = this.#keepConnected();
  }

  /**
   * Makes a call as soon as the host takes it.
   *
   * @param request what to send, and whom to tell
   */
  call(request: CallRequest): HandlerCall {
    const { promise, resolve } = Promise.withResolvers<CallEnd>();
    const ticket: Ticket = {
      request,
      end: resolve,
      isCancelled: false,
      isSuspect: false,
      call: 0,
    };
    this.#queue.add(ticket);
    if (this.#isDraining || this.#patienceIsOver) this.#giveBackWaiting();
    else this.#startCalls();
    return { ended: promise, cancel: () => this.#cancel(ticket) };
  }

  /** Takes no more calls and gives back all that do not run. */
  drain(): void {
    this.#isDraining = true;
    this.#cancelPatience();
    this.#giveBackWaiting();
    giveBack(this.#queue.takeSuspects());
    giveBack(this.#lost.splice(0).map(({ ticket }) => ticket));
  }

  /** Gives back what still runs, and leaves the host. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.drain();
    this.#parts.place.leave();
    this.#endWait();
    this.#connection?.close();
    await this.#loop;
  }

  async #keepConnected(): Promise<void> {
    const { place, random } = this.#parts;
    let failures = 0;
    while (!this.#isClosed) {
      const opened = await place.open();
      if (opened.kind === "not_ready") this.#noteAway(opened.reason);
      else if (await this.#serve(opened)) failures = 0;
      if (this.#isClosed) break;
      await this.#wait(backoffMs(failures++, random(), RECONNECT));
    }
  }

  /** Works with a host until it goes; says whether it answered any call. */
  async #serve(connection: HostConnection): Promise<boolean> {
    const { kind, concurrency, instance, exits } = connection;
    this.#connection = connection;
    this.#hasAnswered = false;
    this.#awayFor = undefined;
    this.#patienceIsOver = false;
    this.#cancelPatience();
    this.#judge(exits);
    if (this.#isClosed) connection.close();
    this.#parts.emit({ kind: "host_ready", speaks: kind, concurrency, instance });
    this.#parts.onHost(connection);
    this.#startCalls();
    const reason = await connection.ended;
    this.#connection = undefined;
    this.#parts.onHost(undefined);
    if (this.#queue.running.size > 0) {
      await new Promise<void>((resolve) => this.#whenIdle = resolve);
    }
    this.#sortBroken(instance);
    this.#noteAway(reason);
    return this.#hasAnswered;
  }

  async #wait(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    // waits for the host to come up
    const cancelTimer = this.#parts.clock.after(delayMs, resolve);
    await promise;
    cancelTimer();
  }

  #startCalls(): void {
    const connection = this.#connection;
    if (!connection) return;
    for (let ticket; (ticket = this.#queue.next(connection.concurrency));) {
      if (this.#isOver(ticket)) this.#expire(ticket);
      else this.#exchange(connection, ticket);
    }
  }

  #isOver({ request: { deadlineMs = Infinity } }: Ticket): boolean {
    return deadlineMs <= this.#parts.clock.now();
  }

  /** It waited until nobody wanted it any more: the handler is not bothered. */
  #expire(ticket: Ticket): void {
    this.#queue.finish(ticket);
    ticket.end({ kind: "expired" });
  }

  async #exchange(connection: HostConnection, ticket: Ticket): Promise<void> {
    ticket.call = this.#nextCall++;
    const exchange = await connection.exchange(ticket.call, ticket.request);
    this.#queue.finish(ticket);
    switch (exchange.kind) {
      case "replied":
        this.#hasAnswered = true;
        ticket.end({ kind: "replied", reply: exchange.reply });
        break;
      case "timed_out":
        ticket.end({ kind: "timed_out" });
        break;
      case "lost":
      case "spared":
        this.#connection = undefined;
        this.#broken.push({ ticket, exchange });
        break;
    }
    this.#startCalls();
    if (this.#queue.running.size === 0) this.#whenIdle();
  }

  /** Puts each call of an ended connection where it belongs. */
  #sortBroken(instance: string): void {
    const broken = this.#broken.splice(0).sort((a, b) => a.ticket.call - b.ticket.call);
    const spared: Ticket[] = [];
    const ends: Extract<Exchange, { kind: "lost" }>[] = [];
    for (const { ticket, exchange } of broken) {
      if (ticket.isCancelled) ticket.end({ kind: "cancelled" });
      if (exchange.kind === "lost") {
        // One that nobody waits for was company all the same, and may have been the cause.
        this.#lost.push({ ticket, call: ticket.call, isLate: exchange.isLate ?? false });
        ends.push(exchange);
      } else if (!ticket.isCancelled) spared.push(ticket);
    }
    this.#lostInstance = instance;
    this.#queue.addSuspects(spared.filter(({ isSuspect }) => isSuspect));
    this.#queue.addFirst(spared.filter(({ isSuspect }) => !isSuspect));
    const [only] = ends;
    if (only && ends.length === 1) this.#judgeAlone(only);
    if (this.#isDraining) this.drain();
  }

  /** What a call that was alone did wrong may be known without a record. */
  #judgeAlone({ failure, isLate }: Extract<Exchange, { kind: "lost" }>): void {
    const end: CallEnd | undefined = failure
      ? { kind: "replied", reply: { kind: "failure", failure } }
      : isLate
      ? { kind: "timed_out" }
      : undefined;
    if (end) this.#lost.splice(0).forEach(({ ticket }) => ticket.end(end));
  }

  /** Now that the next instance told how the last one ended: who was to blame? */
  #judge(exits: readonly InstanceExit[]): void {
    const lost = this.#lost.splice(0);
    if (lost.length === 0) return;
    const exit = exits.findLast(({ instance }) => instance === this.#lostInstance);
    const verdicts = blame(lost, exit);
    const innocents: Ticket[] = [];
    for (const [index, { ticket }] of lost.entries()) {
      const verdict = verdicts[index];
      if (ticket.isCancelled) continue;
      ticket.isSuspect = verdict?.kind === "suspect";
      if (verdict?.kind === "culprit") ticket.end({ kind: "died", reason: verdict.reason });
      else if (verdict?.kind === "suspect") this.#queue.addSuspects([ticket]);
      else innocents.push(ticket);
    }
    this.#queue.addFirst(innocents);
    this.#parts.emit({
      kind: "runtime_died",
      reason: exit?.reason ?? "unknown",
      calls: lost.length,
      culprits: verdicts.filter(({ kind }) => kind === "culprit").length,
      suspects: verdicts.filter(({ kind }) => kind === "suspect").length,
    });
  }

  #cancel(ticket: Ticket): void {
    ticket.isCancelled = true;
    if (this.#queue.running.has(ticket)) return this.#connection?.cancel(ticket.call);
    this.#queue.remove(ticket);
    ticket.end({ kind: "cancelled" });
  }

  #noteAway(reason: string): void {
    if (this.#isClosed || this.#awayFor === reason) return;
    if (this.#awayFor === undefined) {
      // waits for the host to come back; then what could not be sent goes back to the queue
      this.#cancelPatience = this.#parts.clock.after(this.#parts.patienceMs, () => {
        this.#patienceIsOver = true;
        this.#giveBackWaiting();
      });
    }
    this.#awayFor = reason;
    this.#parts.emit({ kind: "host_away", reason });
  }

  #giveBackWaiting(): void {
    giveBack(this.#queue.takeWaiting());
  }
}

function giveBack(tickets: readonly Ticket[]): void {
  for (const { end } of tickets) end({ kind: "given_back" });
}
