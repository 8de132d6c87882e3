import { encodeHello, isHello, parseHostHello, parseJson, SESSION_VERSION } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { FrameStream, type StreamEnd } from "./frame_stream.ts";
import type { HostConnection, HostLimits, HostPlace, NotReady } from "./host.ts";
import { OneExchangeClient } from "./one_exchange_client.ts";
import { SessionClient } from "./session_client.ts";

/** What a host may take to answer the hello. */
const HELLO_TIMEOUT_MS = 2_000;

/** The Unix socket at which a host is found, and how to learn which kind of host it is. */
export class HostSocket implements HostPlace {
  readonly #path: string;
  readonly #limits: HostLimits;
  readonly #clock: Clock;
  /** Ends the wait that is under way. */
  #interrupt = () => {};

  /**
   * @param path the socket's absolute path
   * @param limits cap and timeout of the connections
   * @param clock tells the time
   */
  constructor(path: string, limits: HostLimits, clock: Clock) {
    this.#path = path;
    this.#limits = limits;
    this.#clock = clock;
  }

  async open(): Promise<HostConnection | NotReady> {
    let stream: FrameStream;
    try {
      stream = await FrameStream.connect(this.#path, this.#limits.maxFrameBytes);
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
    stream.send([encodeHello({ version: SESSION_VERSION, features: ["progress", "cancel"] })]);
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
    const inode = await inodeOf(this.#path);
    if (inode === undefined) return notReady("its socket is gone");
    const isSameSocket = async () => await inodeOf(this.#path) === inode;
    return new OneExchangeClient(this.#path, isSameSocket, this.#limits, this.#clock);
  }
}

async function inodeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).ino ?? undefined;
  } catch {
    return undefined;
  }
}

function notReady(reason: string): NotReady {
  return { kind: "not_ready", reason };
}
