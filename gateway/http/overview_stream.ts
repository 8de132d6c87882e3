import type { Clock } from "@asya/transport";
import type { Caller } from "../auth/access.ts";
import { CallerPlaces } from "../auth/caller_places.ts";
import type { Emit } from "../event.ts";
import { FRESH_MS } from "../overview/overview.ts";
import { sseResponse, type SseSource } from "./sse_response.ts";

/** What streams of overviews stand on. */
export interface OverviewStreamsOptions {
  readonly overview: { text(): Promise<string> };
  readonly clock: Pick<Clock, "after">;
  /** How many each caller may have open; not set: any number. */
  readonly maxStreamsOfCaller?: number | undefined;
  readonly emit: Emit;
}

/** After so many overviews that a reader did not take, it is let go: five minutes. */
const MAX_UNTAKEN = 150;

/** When readers of a gateway that stops come back. */
const COME_BACK_MS = 2_000;

/**
 * Streams of overviews as server-sent events: one now, and one every two seconds, which is made once
 * for all readers. Nothing is made while nobody reads.
 */
export class OverviewStreams {
  readonly #options: OverviewStreamsOptions;
  readonly #places: CallerPlaces;
  readonly #readers = new Set<Reader>();
  #cancel: (() => void) | undefined;
  #isReleased = false;

  /** @param options what they stand on */
  constructor(options: OverviewStreamsOptions) {
    this.#options = options;
    this.#places = new CallerPlaces(options.maxStreamsOfCaller ?? Infinity);
  }

  /**
   * Answers with a stream.
   *
   * @param caller who reads it
   * @returns `undefined` when the caller has as many as it may
   */
  open(caller: Caller): Response | undefined {
    const leavePlace = this.#places.take(caller);
    if (leavePlace === undefined) return undefined;
    const { emit } = this.#options;
    const reader: Reader = new Reader({
      begin: () => {
        emit({ kind: "stream_opened" });
        this.#readers.add(reader);
        if (this.#isReleased) return reader.end(farewell());
        // Who comes is not kept waiting for the others' turn.
        this.#tell([reader]);
        this.#goOn();
      },
      leave: () => {
        if (!this.#readers.delete(reader)) return;
        leavePlace();
        emit({ kind: "stream_closed" });
        if (this.#readers.size === 0) this.#rest();
      },
    });
    return sseResponse(reader);
  }

  /** Lets go of all readers. */
  close(): void {
    this.#isReleased = true;
    this.#rest();
    for (const reader of [...this.#readers]) reader.end(farewell());
  }

  #goOn(): void {
    if (this.#cancel || this.#readers.size === 0 || this.#isReleased) return;
    // Waits for the mesh to get on.
    const cancel = this.#options.clock.after(FRESH_MS, async () => {
      await this.#tell(this.#readers);
      // Those who came when all others had left meanwhile have a turn of their own.
      if (this.#cancel !== cancel) return;
      this.#cancel = undefined;
      this.#goOn();
    });
    this.#cancel = cancel;
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #tell(readers: Iterable<Reader>): Promise<void> {
    const { overview, emit } = this.#options;
    try {
      const event = new TextEncoder().encode(`event: overview\ndata: ${await overview.text()}\n\n`);
      for (const reader of [...readers]) reader.tell(event);
    } catch (error) {
      // They hear of it when the store is back.
      emit({ kind: "store_failed", doing: "overview", error });
      for (const reader of [...readers]) reader.tell(KEEP_ALIVE);
    }
  }
}

const KEEP_ALIVE = new TextEncoder().encode(": keep-alive\n\n");

function farewell(): Uint8Array {
  return new TextEncoder().encode(`retry: ${COME_BACK_MS}\n\n`);
}

/** One connection; what it has not taken when the next overview comes, it does without. */
class Reader implements SseSource {
  readonly #parts: { readonly begin: () => void; readonly leave: () => void };
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isReady = false;
  #next: Uint8Array | undefined;
  #untaken = 0;

  constructor(parts: { readonly begin: () => void; readonly leave: () => void }) {
    this.#parts = parts;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#parts.begin();
  }

  pull(): void {
    this.#isReady = true;
    this.#untaken = 0;
    if (this.#next) this.#write(this.#next);
    this.#next = undefined;
  }

  cancel(): void {
    this.#controller = undefined;
    this.#parts.leave();
  }

  tell(event: Uint8Array): void {
    if (this.#isReady) return this.#write(event);
    this.#next = event;
    if (++this.#untaken > MAX_UNTAKEN) this.end();
  }

  end(lastWords?: Uint8Array): void {
    if (lastWords) this.#controller?.enqueue(lastWords);
    this.#controller?.close();
    this.#controller = undefined;
    this.#parts.leave();
  }

  #write(event: Uint8Array): void {
    this.#isReady = false;
    this.#controller?.enqueue(event);
  }
}
