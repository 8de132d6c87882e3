import {
  encodeCall,
  encodeCancel,
  encodeRawCall,
  type HostHello,
  parseHostFrame,
} from "@asya/protocol";
import type { Clock } from "@asya/transport";
import { callTooLarge } from "./call_too_large.ts";
import { ExpiryQueue } from "./expiry_queue.ts";
import type { FrameStream, StreamEnd } from "./frame_stream.ts";
import type { CallRequest, Exchange, HostConnection, HostLimits } from "./host.ts";

/** What a call that was told to stop may take before its connection is closed. */
const CANCEL_GRACE_MS = 2_000;

/** A call without reply. */
interface PendingCall {
  readonly request: CallRequest;
  readonly resolve: (exchange: Exchange) => void;
  isWritten: boolean;
  /** Whether its time is over and it was told to stop. */
  isLate: boolean;
}

/** A host that takes many calls over one connection. */
export class SessionClient implements HostConnection {
  readonly kind = "session";
  readonly concurrency: number;
  readonly instance: string;
  readonly exits: HostHello["exits"];
  readonly ended: Promise<string>;
  readonly #end: (reason: string) => void;
  readonly #stream: FrameStream;
  readonly #limits: HostLimits;
  readonly #pending = new Map<number, PendingCall>();
  /** Calls whose time runs: until they are written, that of writing; then that of the handler. */
  readonly #running: ExpiryQueue<number>;
  /** Calls that were told to stop. */
  readonly #stopping: ExpiryQueue<number>;
  readonly #canCancel: boolean;
  #isOpen = true;
  /** Why it was closed from here, where it was. */
  #closedFor: string | undefined;

  /**
   * @param stream the connection, after the hellos; whoever reads it calls `take` and `finish`
   * @param hello what the host said
   * @param limits cap and timeout
   * @param clock tells the time
   */
  constructor(stream: FrameStream, hello: HostHello, limits: HostLimits, clock: Clock) {
    this.concurrency = hello.concurrency;
    this.instance = hello.instance;
    this.exits = hello.exits;
    this.#canCancel = hello.features.includes("cancel");
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = resolve;
    this.#stream = stream;
    this.#limits = limits;
    this.#running = new ExpiryQueue(
      clock,
      limits.runtimeTimeoutMs,
      (call) => this.#timeOut(call),
    );
    this.#stopping = new ExpiryQueue(
      clock,
      CANCEL_GRACE_MS,
      () => this.#closeFor("a call did not stop when it was told to"),
    );
  }

  exchange(call: number, request: CallRequest): Promise<Exchange> {
    if (!this.#isOpen) return Promise.resolve({ kind: "spared" });
    const { runtimeTimeoutMs, maxFrameBytes } = this.#limits;
    const parts = request.raw
      ? [encodeRawCall(call, request.raw(), runtimeTimeoutMs)]
      : encodeCall(call, request.body, runtimeTimeoutMs);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (bytes > maxFrameBytes) return Promise.resolve(callTooLarge(bytes, maxFrameBytes));
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    const pending = { request, resolve, isWritten: false, isLate: false };
    this.#pending.set(call, pending);
    this.#running.add(call);
    this.#stream.send(parts, () => this.#markWritten(call, pending));
    return promise;
  }

  cancel(call: number): void {
    if (this.#canCancel && this.#pending.has(call)) this.#stream.send([encodeCancel(call)]);
  }

  close(): void {
    this.#closeFor("closed here");
  }

  /** Takes a frame that the host sent. */
  take(body: Uint8Array): void {
    const parsed = parseHostFrame(body);
    if (!parsed.ok) return this.#closeFor(`it sent what is ${parsed.failure.message}`);
    const { frame } = parsed;
    const pending = this.#pending.get(frame.call);
    // A call that ended here already may still be answered there.
    if (!pending) return;
    if (frame.kind === "progress") {
      const { kind: _, call: __, ...progress } = frame;
      pending.request.onProgress(progress);
      return;
    }
    this.#pending.delete(frame.call);
    this.#running.delete(frame.call);
    this.#stopping.delete(frame.call);
    // What was told to stop fails in its own words; what came to its end all the same is welcome.
    pending.resolve(
      pending.isLate && frame.reply.kind === "failure"
        ? { kind: "timed_out" }
        : { kind: "replied", reply: frame.reply },
    );
  }

  /** Ends every call, because the connection has ended. */
  finish(end: StreamEnd): void {
    this.#isOpen = false;
    this.#running.clear();
    this.#stopping.clear();
    for (const { isLate, isWritten, resolve } of this.#pending.values()) {
      if (isWritten) {
        resolve({ kind: "lost", isLate, ...(end.failure && { failure: end.failure }) });
      } else resolve({ kind: "spared" });
    }
    this.#pending.clear();
    this.#end(this.#closedFor ?? end.reason);
  }

  #markWritten(call: number, pending: PendingCall): void {
    pending.isWritten = true;
    if (!this.#pending.has(call)) return;
    this.#running.add(call);
    pending.request.onSent();
  }

  #timeOut(call: number): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    if (!pending.isWritten) return this.#closeFor("it does not read what it is sent");
    pending.isLate = true;
    this.cancel(call);
    this.#stopping.add(call);
  }

  #closeFor(reason: string): void {
    this.#closedFor ??= reason;
    this.#stream.close();
  }
}
