import {
  encodeHello,
  isHello,
  parseHostHello,
  parseJson,
  SESSION_VERSION,
  type SessionFeature,
} from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { FrameStream, type StreamEnd } from "./frame_stream.ts";
import type { HostConnection, HostDoor, HostLimits, HostPlace, NotReady } from "./host.ts";
import { OneExchangeClient } from "./one_exchange_client.ts";
import { SessionClient } from "./session_client.ts";

/** What a host may take to answer the hello. */
const HELLO_TIMEOUT_MS = 2_000;

/** What is always understood of what a host may say. */
const FEATURES: readonly SessionFeature[] = ["progress", "cancel"];

/** The socket at which a host is found, and how to learn which kind of host it is. */
export class HostSocket implements HostPlace {
  readonly #door: HostDoor;
  readonly #limits: HostLimits;
  readonly #clock: Clock;
  readonly #wantsMeasures: boolean;
  /** Ends the wait that is under way. */
  #interrupt = () => {};

  /**
   * @param door what the host listens at
   * @param limits cap and timeout of the connections
   * @param clock tells the time
   * @param wantsMeasures whether anybody counts what handlers measure
   */
  constructor(door: HostDoor, limits: HostLimits, clock: Clock, wantsMeasures: boolean) {
    this.#door = door;
    this.#limits = limits;
    this.#clock = clock;
    this.#wantsMeasures = wantsMeasures;
  }

  async open(): Promise<HostConnection | NotReady> {
    let stream: FrameStream;
    try {
      stream = new FrameStream(await this.#door.connect(), this.#limits.maxFrameBytes);
    } catch (error) {
      return notReady(error instanceof Error ? error.name : String(error));
    }
    return await this.#greet(stream);
  }

  leave(): void {
    this.#interrupt();
  }

  /** Says hello: what comes back, if anything, tells how the host speaks. */
  #greet(stream: FrameStream): Promise<HostConnection | NotReady> {
    const { promise, resolve } = Promise.withResolvers<HostConnection | NotReady>();
    let session: SessionClient | undefined;
    let hasAnswered = false;
    this.#interrupt = () => {
      resolve(notReady("it did not answer"));
      if (!hasAnswered) stream.close();
    };
    // waits for the host to answer the hello
    const cancelTimer = this.#clock.after(HELLO_TIMEOUT_MS, this.#interrupt);
    const take = (body: Uint8Array) => {
      if (hasAnswered) return session?.take(body);
      hasAnswered = true;
      cancelTimer();
      session = this.#sessionOf(stream, body);
      if (session) return resolve(session);
      stream.close();
      resolve(this.#olderHost(body));
    };
    const finish = (end: StreamEnd) => {
      cancelTimer();
      session?.finish(end);
      resolve(notReady(end.reason));
    };
    stream.read(take).then(finish);
    const features = this.#wantsMeasures ? [...FEATURES, "measures"] : [...FEATURES];
    stream.send([encodeHello({ version: SESSION_VERSION, features })]);
    return promise;
  }

  #sessionOf(stream: FrameStream, body: Uint8Array): SessionClient | undefined {
    if (!isHello(body)) return undefined;
    const hello = parseHostHello(body);
    return hello.ok ? new SessionClient(stream, hello.frame, this.#limits, this.#clock) : undefined;
  }

  /** An older host refuses a hello in its own words, which are JSON. */
  async #olderHost(body: Uint8Array): Promise<HostConnection | NotReady> {
    if (isHello(body) || !parseJson(body).ok) return notReady("it answered neither way");
    const listener = await this.#door.identify();
    if (listener === undefined) return notReady("its socket is gone");
    const isSameSocket = async () => await this.#door.identify() === listener;
    return new OneExchangeClient(this.#door, isSameSocket, this.#limits, this.#clock);
  }
}

function notReady(reason: string): NotReady {
  return { kind: "not_ready", reason };
}
