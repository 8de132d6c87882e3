/**
 * The first bytes of an image: enough to refuse what is not one, before a reader spends memory on it.
 *
 * @module
 */

/** What an image's header says about it. */
export interface ImageHeader {
  readonly format: "png" | "jpeg";
  readonly widthPx: number;
  readonly heightPx: number;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/**
 * Reads the header of a PNG or a JPEG image.
 *
 * @param bytes the image, or at least its beginning
 * @returns `undefined` for anything else, and for a header that is cut off
 * @example
 * ```ts
 * import { parseImageHeader } from "./image_header.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseImageHeader(new TextEncoder().encode("%PDF-1.7")), undefined);
 * ```
 */
export function parseImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (beginsWith(bytes, PNG_SIGNATURE)) return parsePngHeader(view);
  if (beginsWith(bytes, JPEG_SIGNATURE)) return parseJpegHeader(view);
  return undefined;
}

function beginsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** The chunk IHDR comes first: its width and height stand at bytes 16 and 20 (PNG, 11.2.2). */
function parsePngHeader(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 24) return undefined;
  return sized("png", view.getUint32(16), view.getUint32(20));
}

/** Walks over the segments to the frame header, SOF0 to SOF15 (ITU-T T.81, B.2.2). */
function parseJpegHeader(view: DataView): ImageHeader | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return sized("jpeg", view.getUint16(at + 7), view.getUint16(at + 5));
    // A fill byte stands alone; every other segment before the frame says its own length.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** 0xC4, 0xC8 and 0xCC lie in the range of the frame headers, but are tables. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function sized(format: ImageHeader["format"], widthPx: number, heightPx: number) {
  return widthPx > 0 && heightPx > 0 ? { format, widthPx, heightPx } : undefined;
}
