import { encodeFrame, FRAME_HEADER_BYTES } from "@asya/protocol/framing";

/** Texts up to this length are laid into the shared buffer; longer ones get their own. */
const SHARED_TEXT = 16_384;
/** The shared buffer of a peer that gets many frames, and of one that gets its first. */
const SHARED_BYTES = 65_536;
const FIRST_SHARED_BYTES = 4_096;

const encoder = new TextEncoder();

/**
 * Writes frames to a peer: what becomes ready in one turn of the event loop goes out in one write.
 *
 * @example
 * ```ts
 * import { FrameWriter } from "./frame_writer.ts";
 * import assert from "node:assert/strict";
 * const writes: number[] = [];
 * const writer = new FrameWriter((bytes) => Promise.resolve(writes.push(bytes.length) && bytes.length));
 * writer.send('{"a":1}');
 * writer.send('{"b":2}');
 * await writer.flushed();
 * assert.deepEqual(writes, [22]);
 * ```
 */
export class FrameWriter {
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  /** Newest texts under their keys, sent when there is time for them. */
  readonly #latest = new Map<number, string>();
  #chunks: Uint8Array[] = [];
  /** Room for short frames; there is none until the first one needs it. */
  #shared = new Uint8Array();
  #sharedBytes = 0;
  /** A written buffer, to be used again. */
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #pendingBytes = 0;
  /** Told when what they wait for is written. */
  #waiting: (() => void)[] = [];
  #flushing: Promise<void> | undefined;
  #hasWritten = false;
  #isBroken = false;

  /** @param write writes some of the bytes and says how many; a rejection means the peer is gone */
  constructor(write: (bytes: Uint8Array) => Promise<number>) {
    this.#write = write;
  }

  /** Bytes that wait to be written. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether the peer is gone; what is sent then is dropped. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Sends a frame.
   *
   * @param text its body
   */
  send(text: string): void {
    if (this.#isBroken) return;
    if (text.length > SHARED_TEXT) {
      this.#closeShared();
      const frame = encodeFrame(encoder.encode(text));
      this.#chunks.push(frame);
      this.#pendingBytes += frame.length;
    } else {
      this.#append(text);
    }
    this.#flushing ??= this.#flush();
  }

  /**
   * Sends a frame unless a newer one with the same key takes its place before it is written.
   *
   * @param key what the frame is about
   * @param text its body
   */
  sendLatest(key: number, text: string): void {
    if (this.#isBroken) return;
    this.#latest.delete(key);
    this.#latest.set(key, text);
    this.#flushing ??= this.#flush();
  }

  /**
   * Makes a waiting frame of {@linkcode sendLatest} go out before anything that is sent later.
   *
   * @param key what the frame is about
   */
  settleLatest(key: number): void {
    const text = this.#latest.get(key);
    if (text === undefined) return;
    this.#latest.delete(key);
    this.send(text);
  }

  /** Resolves when what was sent so far is written, whatever is sent meanwhile. */
  written(): Promise<void> {
    if (!this.#flushing) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when nothing waits to be written any more, or the peer is gone. */
  async flushed(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  /** Lays a short frame behind those that wait already, without an allocation of its own. */
  #append(text: string): void {
    const most = FRAME_HEADER_BYTES + text.length * 3;
    if (this.#sharedBytes + most > this.#shared.length) this.#renewShared(most);
    const start = this.#sharedBytes;
    const { written } = encoder.encodeInto(
      text,
      this.#shared.subarray(start + FRAME_HEADER_BYTES, start + most),
    );
    new DataView(this.#shared.buffer).setUint32(start, written);
    this.#sharedBytes += FRAME_HEADER_BYTES + written;
    this.#pendingBytes += FRAME_HEADER_BYTES + written;
  }

  #closeShared(): void {
    if (this.#sharedBytes === 0) return;
    this.#chunks.push(this.#shared.subarray(0, this.#sharedBytes));
    this.#shared = new Uint8Array();
    this.#sharedBytes = 0;
  }

  #renewShared(needed: number): void {
    const isFirst = this.#sharedBytes === 0 && !this.#hasWritten && needed <= FIRST_SHARED_BYTES;
    this.#closeShared();
    this.#shared = this.#spare ?? new Uint8Array(isFirst ? FIRST_SHARED_BYTES : SHARED_BYTES);
    this.#spare = undefined;
  }

  async #flush(): Promise<void> {
    // Waits for the end of this turn, so that whatever else becomes ready in it goes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.#sharedBytes + this.#chunks.length + this.#latest.size > 0) {
        for (const text of this.#latest.values()) this.#append(text);
        this.#latest.clear();
        await this.#writeAll();
      }
    } catch {
      // The peer is gone; whoever reads from it sees that too, and ends the connection.
      this.#isBroken = true;
      this.#chunks = [];
      this.#latest.clear();
      this.#sharedBytes = 0;
    } finally {
      this.#pendingBytes = 0;
      this.#flushing = undefined;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  async #writeAll(): Promise<void> {
    this.#closeShared();
    const chunks = this.#chunks;
    const waiting = this.#waiting;
    this.#chunks = [];
    this.#waiting = [];
    try {
      for (const chunk of chunks) await this.#writeChunk(chunk);
    } finally {
      for (const resolve of waiting) resolve();
    }
  }

  async #writeChunk(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.length;) {
      offset += await this.#write(chunk.subarray(offset));
    }
    this.#hasWritten = true;
    this.#pendingBytes -= chunk.length;
    if (chunk.buffer.byteLength === SHARED_BYTES) {
      this.#spare = new Uint8Array(chunk.buffer as ArrayBuffer);
    }
  }
}
