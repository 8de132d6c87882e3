/**
 * Frames: a length of four bytes, then so many bytes. How one socket carries many values.
 *
 * @module
 */
import { createFailure, type Failure } from "./failure.ts";

/** Bytes of a frame's length prefix: a big-endian unsigned 32-bit integer. */
export const FRAME_HEADER_BYTES = 4;

/** Cap on a frame's body where a setting says nothing: 64 MiB. */
export const DEFAULT_MAX_FRAME_BYTES: number = 64 * 1024 * 1024;

/** What one pushed chunk completed; after a failure the stream cannot be read on. */
export interface DecodedFrames {
  /** Bodies, without their length prefix, in the order in which they came. */
  readonly frames: Uint8Array[];
  /** The `frame_too_large` that ended the stream. */
  readonly failure?: Failure;
}

/**
 * Encodes one frame: `[length: uint32 big-endian][body]`.
 *
 * Several body parts are laid one behind the other, so that bytes that are already JSON can be
 * spliced into a frame without decoding them.
 *
 * @param parts the body, in order; together at most 2³²−1 bytes
 * @throws RangeError when the body does not fit a 32-bit length
 * @example
 * ```ts
 * import { encodeFrame } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * assert.deepEqual(encodeFrame(new Uint8Array([7, 8])), new Uint8Array([0, 0, 0, 2, 7, 8]));
 * ```
 */
export function encodeFrame(...parts: Uint8Array[]): Uint8Array {
  const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bodyBytes > 0xffff_ffff) {
    throw new RangeError(`a frame body has ${bodyBytes} bytes; at most 4294967295 are allowed`);
  }
  const frame = new Uint8Array(FRAME_HEADER_BYTES + bodyBytes);
  writeLength(frame, bodyBytes);
  let offset = FRAME_HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.length;
  }
  return frame;
}

/**
 * Reads frames from a stream of chunks, however they are cut.
 *
 * A length above the cap is refused before a byte of body is allocated. Bodies are copies: the
 * caller may reuse its read buffer.
 *
 * @example
 * ```ts
 * import { encodeFrame, FrameDecoder } from "@asya/protocol";
 * import assert from "node:assert/strict";
 * const decoder = new FrameDecoder(1024);
 * const bytes = encodeFrame(new Uint8Array([1, 2, 3]));
 * assert.deepEqual(decoder.push(bytes.subarray(0, 5)).frames, []);
 * assert.equal(decoder.pendingBytes, 5);
 * assert.deepEqual(decoder.push(bytes.subarray(5)).frames, [new Uint8Array([1, 2, 3])]);
 * ```
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #body: Uint8Array | undefined;
  #bodyBytes = 0;
  #failure: Failure | undefined;

  /**
   * Starts at the beginning of a stream.
   *
   * @param maxBytes cap on one frame's body; longer ones are a `frame_too_large`
   */
  constructor(maxBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of an unfinished frame; above 0 at the end of a stream, the peer died half-way. */
  get pendingBytes(): number {
    return this.#headerBytes + this.#bodyBytes;
  }

  /**
   * Takes the next chunk and gives the frames it completed.
   *
   * @param chunk bytes as they arrived; not kept
   */
  push(chunk: Uint8Array): DecodedFrames {
    const frames: Uint8Array[] = [];
    let offset = 0;
    while (offset < chunk.length && this.#failure === undefined) {
      offset += this.#body ? this.#fillBody(chunk, offset) : this.#fillHeader(chunk, offset);
      if (this.#body && this.#bodyBytes === this.#body.length) {
        frames.push(this.#body);
        this.#reset();
      }
    }
    return this.#failure ? { frames, failure: this.#failure } : { frames };
  }

  #fillHeader(chunk: Uint8Array, offset: number): number {
    const part = chunk.subarray(offset, offset + FRAME_HEADER_BYTES - this.#headerBytes);
    this.#header.set(part, this.#headerBytes);
    this.#headerBytes += part.length;
    if (this.#headerBytes === FRAME_HEADER_BYTES) this.#open(readLength(this.#header));
    return part.length;
  }

  #open(bodyBytes: number): void {
    if (bodyBytes > this.#maxBytes) {
      this.#failure = createFailure(
        "frame_too_large",
        `a frame announces ${bodyBytes} bytes; at most ${this.#maxBytes} are allowed`,
      );
    } else {
      this.#body = new Uint8Array(bodyBytes);
    }
  }

  #fillBody(chunk: Uint8Array, offset: number): number {
    const body = this.#body!;
    const part = chunk.subarray(offset, offset + body.length - this.#bodyBytes);
    body.set(part, this.#bodyBytes);
    this.#bodyBytes += part.length;
    return part.length;
  }

  #reset(): void {
    this.#body = undefined;
    this.#headerBytes = 0;
    this.#bodyBytes = 0;
  }
}

function writeLength(target: Uint8Array, length: number): void {
  new DataView(target.buffer, target.byteOffset).setUint32(0, length);
}

function readLength(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(0);
}
