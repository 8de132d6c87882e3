import {
  encodeCall,
  encodeCancel,
  encodeFrame,
  encodeHello,
  FrameDecoder,
  type HostFrame,
  type HostHello,
  type Json,
  parseHostFrame,
  parseHostHello,
} from "@asya/protocol";
import { inTime } from "./poll.ts";

/** The client's side of a session, for tests of a host. */
export class SessionPeer implements AsyncDisposable {
  readonly frames: HostFrame[] = [];
  readonly #connection: Deno.Conn;
  readonly #reading: Promise<void>;
  readonly #hello = Promise.withResolvers<HostHello>();
  #changed = Promise.withResolvers<void>();
  #isClosed = false;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  /**
   * Connects and says hello.
   *
   * @param socketPath the host's socket
   */
  static async open(socketPath: string): Promise<SessionPeer> {
    const peer = new SessionPeer(await Deno.connect({ transport: "unix", path: socketPath }));
    try {
      await peer.send(encodeHello({ version: 1, features: ["progress", "cancel"] }));
      return peer;
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What the host answered to the hello. */
  hello(): Promise<HostHello> {
    return inTime("the host's hello", this.#hello.promise);
  }

  /** Sends one frame. */
  async send(...parts: Uint8Array[]): Promise<void> {
    await this.sendBytes(encodeFrame(...parts));
  }

  /** Sends bytes that need not be a frame. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#connection.write(bytes.subarray(offset));
    }
  }

  /** Sends a call of a whole message. */
  async call(
    call: number,
    message: Json,
    timeoutMs = 10_000,
    traceparent?: string,
  ): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    await this.send(...encodeCall(call, bytes, timeoutMs, traceparent));
  }

  /** Asks to stop a call. */
  async cancel(call: number): Promise<void> {
    await this.send(encodeCancel(call));
  }

  /** Waits for the reply to a call. */
  async reply(call: number, timeoutMs = 10_000): Promise<Extract<HostFrame, { kind: "reply" }>> {
    while (true) {
      const found = this.frames.find((frame) => frame.kind === "reply" && frame.call === call);
      if (found?.kind === "reply") return found;
      if (this.#isClosed) throw new Error(`the session ended before the reply to call ${call}`);
      await inTime(`the reply to call ${call}`, this.#changed.promise, timeoutMs);
    }
  }

  /** Waits until the host has closed the connection. */
  async ended(timeoutMs = 10_000): Promise<void> {
    await inTime("the end of the session", this.#reading, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#reading;
  }

  #close(): void {
    if (!this.#isClosed) this.#connection.close();
    this.#isClosed = true;
  }

  async #read(): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(65_536);
    try {
      for (let length; (length = await this.#connection.read(buffer)) !== null;) {
        for (const body of decoder.push(buffer.subarray(0, length)).frames) this.#take(body);
      }
    } catch (error) {
      if (!isEnd(error)) throw error;
    }
    this.#close();
    this.#hello.promise.catch(() => {});
    this.#hello.reject(new Deno.errors.ConnectionReset("the session ended without a hello"));
    this.#changed.resolve();
  }

  #take(body: Uint8Array): void {
    const hello = parseHostHello(body);
    const frame = parseHostFrame(body);
    if (hello.ok) this.#hello.resolve(hello.frame);
    else if (frame.ok) this.frames.push(withoutText(frame.frame));
    else throw new Error(`the host sent what is ${frame.failure.message}`);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** A reply that says what was answered, and not how it was spelled. */
function withoutText(frame: HostFrame): HostFrame {
  if (frame.kind !== "reply" || frame.reply.kind !== "output") return frame;
  const { payloadText: _text, ...output } = frame.reply.output;
  return { ...frame, reply: { ...frame.reply, output } };
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted;
}
