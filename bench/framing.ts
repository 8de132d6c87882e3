import { encodeFrame, FrameDecoder } from "@asya/protocol";
import { type Figure, median } from "./figure.ts";

/** Bytes that go through the decoder in one measurement. */
const STREAM_BYTES = 64 * 1024 * 1024;
/** Bytes that a read of a socket brings. */
const CHUNK_BYTES = 64 * 1024;
const REPEATS = 5;

/**
 * How fast frames are written and read, without any input or output.
 *
 * @param say is told what is being measured
 */
export function measureFraming(say: (doing: string) => void): Figure[] {
  return [1024, 64 * 1024, 1024 * 1024].flatMap((bodyBytes) => {
    say(`frames of ${bodyBytes / 1024} KiB`);
    const encoded = median(repeat(() => encodeStream(bodyBytes).bytesPerSecond));
    const { chunks } = encodeStream(bodyBytes);
    const decoded = median(repeat(() => decodeStream(chunks)));
    const name = `${bodyBytes / 1024} KiB bodies`;
    return [
      { part: "framing", name: `encode, ${name}`, value: encoded / 1e6, unit: "MB/s" },
      { part: "framing", name: `decode, ${name}`, value: decoded / 1e6, unit: "MB/s" },
    ] as const;
  });
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: REPEATS }, measure);
}

/** Frames one stream, and cuts it as a socket would. */
function encodeStream(bodyBytes: number): { bytesPerSecond: number; chunks: Uint8Array[] } {
  const body = new Uint8Array(bodyBytes).fill(0x61);
  const frames = STREAM_BYTES / bodyBytes;
  const encoded: Uint8Array[] = [];
  const startMs = performance.now();
  for (let frame = 0; frame < frames; frame++) encoded.push(encodeFrame(body));
  const seconds = (performance.now() - startMs) / 1000;
  return { bytesPerSecond: STREAM_BYTES / seconds, chunks: cut(encoded) };
}

function cut(frames: readonly Uint8Array[]): Uint8Array[] {
  const stream = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let offset = 0;
  for (const frame of frames) {
    stream.set(frame, offset);
    offset += frame.length;
  }
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) {
    chunks.push(stream.subarray(at, at + CHUNK_BYTES));
  }
  return chunks;
}

function decodeStream(chunks: readonly Uint8Array[]): number {
  const decoder = new FrameDecoder();
  let bytes = 0;
  const startMs = performance.now();
  for (const chunk of chunks) {
    for (const body of decoder.push(chunk).frames) bytes += body.length;
  }
  const seconds = (performance.now() - startMs) / 1000;
  if (bytes !== STREAM_BYTES) throw new Error(`${bytes} bytes came out, not ${STREAM_BYTES}`);
  return bytes / seconds;
}
