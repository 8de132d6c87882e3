import {
  encodeCall,
  encodeCancel,
  encodeRawCall,
  type HostHello,
  parseHostFrame,
} from "@asya/protocol";
import { type Clock, Roster } from "@asya/transport";
import { callTooLarge } from "./call_too_large.ts";
import { ExpiryWatch } from "./expiry_watch.ts";
import type { FrameStream, StreamEnd } from "./frame_stream.ts";
import type { CallRequest, Exchange, HostConnection, HostLimits } from "./host.ts";

/** What a call that was told to stop may take before its connection is closed. */
const CANCEL_GRACE_MS = 2_000;

/** A call without reply. */
interface PendingCall {
  /** Its number. */
  readonly call: number;
  readonly request: CallRequest;
  readonly resolve: (exchange: Exchange) => void;
  isWritten: boolean;
  /** Whether its time is over and it was told to stop. */
  isLate: boolean;
  /** End of the time to be written, then of the handler's, then of that to stop. */
  expiresMs: number;
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
  readonly #pending = new Roster<PendingCall>();
  readonly #watch: ExpiryWatch<PendingCall>;
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
    this.#watch = new ExpiryWatch(clock, this.#pending, (pending) => this.#timeOut(pending));
  }

  exchange(call: number, request: CallRequest): Promise<Exchange> {
    if (!this.#isOpen) return Promise.resolve({ kind: "spared" });
    const { runtimeTimeoutMs, maxFrameBytes } = this.#limits;
    const parts = request.raw
      ? [encodeRawCall(call, request.raw(), runtimeTimeoutMs, request.traceparent)]
      : encodeCall(call, request.body, runtimeTimeoutMs, request.traceparent);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (bytes > maxFrameBytes) return Promise.resolve(callTooLarge(bytes, maxFrameBytes));
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    const pending = { call, request, resolve, isWritten: false, isLate: false, expiresMs: 0 };
    this.#pending.add(pending);
    this.#watch.give(pending, runtimeTimeoutMs);
    this.#stream.send(parts, () => this.#markWritten(pending));
    return promise;
  }

  cancel(call: number): void {
    if (this.#canCancel && this.#find(call)) this.#stream.send([encodeCancel(call)]);
  }

  close(): void {
    this.#closeFor("closed here");
  }

  /** Takes a frame that the host sent. */
  take(body: Uint8Array): void {
    const parsed = parseHostFrame(body);
    if (!parsed.ok) return this.#closeFor(`it sent what is ${parsed.failure.message}`);
    const { frame } = parsed;
    const pending = this.#find(frame.call);
    // A call that ended here already may still be answered there.
    if (!pending) return;
    if (frame.kind === "progress") {
      const { kind: _, call: __, ...progress } = frame;
      return pending.request.onProgress(progress);
    }
    if (frame.kind === "measure") {
      const { kind: _, call: __, ...measured } = frame;
      return pending.request.onMeasured(measured);
    }
    this.#pending.delete(pending);
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
    this.#watch.stop();
    for (const { isLate, isWritten, resolve } of this.#pending.clear()) {
      if (isWritten) {
        resolve({ kind: "lost", isLate, ...(end.failure && { failure: end.failure }) });
      } else resolve({ kind: "spared" });
    }
    this.#end(this.#closedFor ?? end.reason);
  }

  #find(call: number): PendingCall | undefined {
    return this.#pending.find((pending) => pending.call === call);
  }

  #markWritten(pending: PendingCall): void {
    pending.isWritten = true;
    if (!this.#pending.has(pending)) return;
    this.#watch.give(pending, this.#limits.runtimeTimeoutMs);
    pending.request.onSent();
  }

  #timeOut(pending: PendingCall): void {
    if (!pending.isWritten) return this.#closeFor("it does not read what it is sent");
    if (pending.isLate) return this.#closeFor("a call did not stop when it was told to");
    pending.isLate = true;
    this.cancel(pending.call);
    this.#watch.give(pending, CANCEL_GRACE_MS);
  }

  #closeFor(reason: string): void {
    this.#closedFor ??= reason;
    this.#stream.close();
  }
}
