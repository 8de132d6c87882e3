import { type Failure, FRAME_HEADER_BYTES, FrameDecoder } from "@asya/protocol";
import type { ByteStream } from "./host.ts";

/** Why a stream of frames ended. */
export interface StreamEnd {
  readonly reason: string;
  /** What the peer did wrong, where that is why. */
  readonly failure?: Failure;
}

/** A frame that waits to be written. */
interface PendingFrame {
  readonly parts: readonly Uint8Array[];
  readonly bodyBytes: number;
  readonly onWritten: () => void;
}

/** Bytes read at a time. */
const READ_BYTES = 64 * 1024;

/** Frames are written together up to this many bytes. */
const BATCH_BYTES = 256 * 1024;

/**
 * Frames over a connected socket. All frames of one turn of the event loop go out in one write, and one
 * buffer serves every read.
 */
export class FrameStream {
  readonly #conn: ByteStream;
  readonly #maxFrameBytes: number;
  readonly #pending: PendingFrame[] = [];
  #isWriting = false;
  #isClosed = false;

  /**
   * @param conn an open connection; the stream closes it
   * @param maxFrameBytes cap on the body of a frame that is read
   */
  constructor(conn: ByteStream, maxFrameBytes: number) {
    this.#conn = conn;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Writes a frame, soon.
   *
   * @param parts its body, in order
   * @param onWritten is told when all of it has been handed to the system
   */
  send(parts: readonly Uint8Array[], onWritten: () => void = () => {}): void {
    const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0);
    this.#pending.push({ parts, bodyBytes, onWritten });
    if (this.#isWriting) return;
    this.#isWriting = true;
    queueMicrotask(() => this.#write());
  }

  /**
   * Reads until the stream ends. Never rejects.
   *
   * @param onFrame takes each frame's body
   */
  async read(onFrame: (body: Uint8Array) => void): Promise<StreamEnd> {
    const decoder = new FrameDecoder(this.#maxFrameBytes);
    const buffer = new Uint8Array(READ_BYTES);
    try {
      while (true) {
        const count = await this.#conn.read(buffer);
        if (count === null) break;
        const { frames, failure } = decoder.push(buffer.subarray(0, count));
        for (const frame of frames) onFrame(frame);
        if (failure) return { reason: "it sent a frame over the cap", failure };
      }
    } catch (error) {
      return { reason: this.#isClosed ? "closed here" : nameOf(error) };
    } finally {
      this.close();
    }
    return { reason: decoder.pendingBytes > 0 ? "it ended half-way in a frame" : "it closed" };
  }

  /** Ends the stream; what waits to be written is lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pending.length = 0;
    this.#conn.close();
  }

  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      let end = 0;
      const ends = batch.map(({ bodyBytes }) => end += FRAME_HEADER_BYTES + bodyBytes);
      let told = 0;
      // A peer may work on the first frame, and die of it, before it reads the last one.
      await this.#writeAll(encodeBatch(batch), (written) => {
        for (; (ends[told] ?? Infinity) <= written; told++) batch[told]?.onWritten();
      });
    }
    this.#isWriting = false;
  }

  #takeBatch(): PendingFrame[] {
    let bytes = 0;
    const count = this.#pending.findIndex((frame) => {
      bytes += FRAME_HEADER_BYTES + frame.bodyBytes;
      return bytes >= BATCH_BYTES;
    });
    return this.#pending.splice(0, count === -1 ? this.#pending.length : count + 1);
  }

  /** Writes bytes, and tells how many of them have been written so far. */
  async #writeAll(bytes: Uint8Array, onProgress: (written: number) => void): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        written += await this.#conn.write(bytes.subarray(written));
        onProgress(written);
      }
    } catch {
      // The reader learns of the same break and says why; here only the count matters.
      this.close();
    }
  }
}

function encodeBatch(batch: readonly PendingFrame[]): Uint8Array {
  const total = batch.reduce((sum, frame) => sum + FRAME_HEADER_BYTES + frame.bodyBytes, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { parts, bodyBytes } of batch) {
    view.setUint32(offset, bodyBytes);
    offset += FRAME_HEADER_BYTES;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
  }
  return bytes;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
