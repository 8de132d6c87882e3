import { parseReplyBody, type Reply } from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { callTooLarge } from "./call_too_large.ts";
import { FrameStream } from "./frame_stream.ts";
import type { CallRequest, Exchange, HostConnection, HostDoor, HostLimits } from "./host.ts";

/** A host that knows only single exchanges: connect, one request, one reply, close. */
export class OneExchangeClient implements HostConnection {
  readonly kind = "one_exchange";
  readonly concurrency = 1;
  readonly instance = "";
  readonly exits = [];
  readonly ended: Promise<string>;
  readonly #end: (reason: string) => void;
  readonly #door: HostDoor;
  readonly #isSameSocket: () => Promise<boolean>;
  readonly #limits: HostLimits;
  readonly #clock: Clock;
  #stream: FrameStream | undefined;
  #isOpen = true;

  /**
   * @param door what the host listens at
   * @param isSameSocket whether that is still the one that was asked
   * @param limits cap and timeout
   * @param clock tells the time
   */
  constructor(
    door: HostDoor,
    isSameSocket: () => Promise<boolean>,
    limits: HostLimits,
    clock: Clock,
  ) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = resolve;
    this.#door = door;
    this.#isSameSocket = isSameSocket;
    this.#limits = limits;
    this.#clock = clock;
  }

  async exchange(_call: number, request: CallRequest): Promise<Exchange> {
    const { maxFrameBytes } = this.#limits;
    const bytes = request.body.length;
    if (bytes > maxFrameBytes) return callTooLarge(bytes, maxFrameBytes);
    if (!this.#isOpen) return { kind: "spared" };
    if (!await this.#isSameSocket()) return this.#finish("its socket is another one");
    try {
      this.#stream = new FrameStream(await this.#door.connect(), maxFrameBytes);
    } catch (error) {
      return this.#finish(error instanceof Error ? error.name : String(error));
    }
    // The host may have been closed here while the connection was made.
    return this.#isOpen ? await this.#exchangeOver(this.#stream, request) : this.#spare();
  }

  /** A host of this kind cannot be told to stop. */
  cancel(): void {}

  close(): void {
    this.#finish("closed here");
    this.#stream?.close();
  }

  async #exchangeOver(stream: FrameStream, request: CallRequest): Promise<Exchange> {
    let reply: Reply | undefined;
    let isWritten = false;
    let isTimedOut = false;
    const timeOut = () => {
      isTimedOut = true;
      stream.close();
    };
    // waits for the host to read, then for the handler to take longer than it may
    let cancelTimer = this.#clock.after(this.#limits.runtimeTimeoutMs, timeOut);
    stream.send([request.body], () => {
      isWritten = true;
      cancelTimer();
      cancelTimer = this.#clock.after(this.#limits.runtimeTimeoutMs, timeOut);
      request.onSent();
    });
    const end = await stream.read((body) => {
      reply ??= parseReplyBody(body);
      stream.close();
    });
    cancelTimer();
    this.#stream = undefined;
    if (reply) return replied(reply);
    const ended = this.#finish(isTimedOut ? "a call took longer than it may" : end.reason);
    if (isTimedOut && isWritten) return { kind: "timed_out" };
    return isWritten ? { kind: "lost", ...(end.failure && { failure: end.failure }) } : ended;
  }

  #spare(): Exchange {
    this.#stream?.close();
    this.#stream = undefined;
    return { kind: "spared" };
  }

  #finish(reason: string): Exchange {
    this.#isOpen = false;
    this.#end(reason);
    return { kind: "spared" };
  }
}

function replied(reply: Reply): Exchange {
  return { kind: "replied", reply };
}
