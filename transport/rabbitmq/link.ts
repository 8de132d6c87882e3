import type { Clock } from "../clock.ts";
import type { TransportEvent } from "../transport.ts";
import { closed } from "../transport_error.ts";
import { describeError } from "./amqp_error.ts";
import { inTime } from "./in_time.ts";
import type { Session } from "./session.ts";

/** What a link stands on. */
export interface LinkOptions {
  /** Opens a connection, or gives that up when the signal says so. */
  readonly open: (signal: AbortSignal) => Promise<Session>;
  /** Makes a fresh connection ready for use. */
  readonly setUp: (session: Session) => Promise<void>;
  readonly onEvent: (event: TransportEvent) => void;
  readonly clock: Clock;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}

/** Waits between tries: the longest is short enough for a broker that is back to be found soon. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 3_000;

/** A connection that lasted this long was a good one: waits begin again with the shortest. */
const STEADY_MS = 10_000;

/** How long making a connection ready may take. */
const SET_UP_LIMIT_MS = 30_000;

/** The same trouble is told again after this long. */
const REMIND_AFTER_MS = 60_000;

/** Keeps a connection to the broker: opens it, and opens it again, for ever. */
export class Link {
  readonly #options: LinkOptions;
  #session: Session | undefined;
  #settingUp: Session | undefined;
  #next = Promise.withResolvers<Session>();
  #isStopped = false;
  #failures = 0;
  #told: { reason: string; atMs: number } | undefined;
  #endWait: () => void = () => {};
  #endOpening: () => void = () => {};

  /** @param options how to connect, and whom to tell */
  constructor(options: LinkOptions) {
    this.#options = options;
    // Whoever waits hears of the end; where nobody waits, nobody needs to.
    this.#next.promise.catch(() => {});
  }

  /** The connection, while there is one. */
  get session(): Session | undefined {
    return this.#session?.isAlive ? this.#session : undefined;
  }

  /**
   * The connection, as soon as there is one.
   *
   * @throws {TransportError} `closed`
   */
  ready(): Promise<Session> {
    if (this.#isStopped) return Promise.reject(closed());
    return this.session ? Promise.resolve(this.session) : this.#next.promise;
  }

  /** Connects, until it is stopped. */
  async start(): Promise<void> {
    while (!this.#isStopped) {
      const reason = await this.#connectOnce();
      this.#session = undefined;
      if (!this.#isStopped) await this.#waitAfter(reason);
    }
  }

  /** Opens no further connection; the one that there is stays open. */
  stop(): void {
    this.#isStopped = true;
    this.#endWait();
    this.#endOpening();
    this.#settingUp?.abandon("the transport was closed");
    this.#next.reject(closed());
  }

  /** Connects, and resolves when that has failed or the connection is lost. */
  async #connectOnce(): Promise<string> {
    const { open, setUp, clock } = this.#options;
    let session: Session | undefined;
    const opening = new AbortController();
    this.#endOpening = () => opening.abort();
    try {
      session = await open(opening.signal);
      this.#endOpening = () => {};
      this.#settingUp = session;
      const isLost = session.lost.then((reason) => Promise.reject(new Error(reason)));
      const isReady = this.#isStopped ? undefined : setUp(session);
      await inTime(Promise.race([isReady, isLost]), SET_UP_LIMIT_MS, clock);
      if (this.#isStopped) throw closed();
    } catch (error) {
      await session?.close();
      return describeError(error);
    } finally {
      this.#settingUp = undefined;
    }
    const sinceMs = clock.elapsed();
    this.#begin(session);
    const reason = await session.lost;
    if (clock.elapsed() - sinceMs >= STEADY_MS) this.#failures = 0;
    return reason;
  }

  #begin(session: Session): void {
    this.#session = session;
    this.#told = undefined;
    this.#options.onEvent({ kind: "connected" });
    this.#next.resolve(session);
    this.#next = Promise.withResolvers<Session>();
    this.#next.promise.catch(() => {});
  }

  async #waitAfter(reason: string): Promise<void> {
    const { clock, random } = this.#options;
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    const retryInMs = Math.round((0.5 + random() / 2) * longestMs);
    this.#tell(reason, retryInMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    // Waits for the broker to come back; a random time, so that not all of its clients come at once.
    const cancelTimer = clock.after(retryInMs, resolve);
    await promise;
    cancelTimer();
  }

  /** Tells trouble when it begins, when it changes, and now and then. */
  #tell(reason: string, retryInMs: number): void {
    const { clock, onEvent } = this.#options;
    const atMs = clock.elapsed();
    if (this.#told?.reason === reason && atMs - this.#told.atMs < REMIND_AFTER_MS) return;
    this.#told = { reason, atMs };
    onEvent({ kind: "disconnected", reason, retryInMs });
  }
}
