/**
 * Fetches the bytes of a page image and makes sure that they are one.
 *
 * @module
 */
import { TerminalError } from "@asya/runtime";
import type { PageSource } from "./document_request.ts";
import { parseImageHeader } from "./image_header.ts";

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_PIXELS = 40_000_000;

/**
 * Reads the file of a source, or decodes its bytes.
 *
 * @param source which image
 * @param folder the folder that relative paths start from
 * @returns the bytes of a PNG or JPEG image
 * @throws {TerminalError} when it is missing, too large or no image
 */
export async function loadPageImage(source: PageSource, folder: string): Promise<Uint8Array> {
  const bytes = "path" in source
    ? await readImageFile(source.path, folder)
    : decodeBase64(source.name, source.base64);
  refuseUnreadable(source.name, bytes);
  return bytes;
}

async function readImageFile(path: string, folder: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(`${folder}/${path}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new TerminalError(`got the page ${path}, which does not exist, allowed: a file there`);
  }
}

function decodeBase64(name: string, base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64.replace(/^data:image\/\w+;base64,/, ""));
  } catch {
    throw new TerminalError(`got ${name} as text that is not base64, allowed: base64 of an image`);
  }
}

function refuseUnreadable(name: string, bytes: Uint8Array): void {
  const header = parseImageHeader(bytes);
  if (header === undefined) {
    throw new TerminalError(
      `got ${name} with ${bytes.length} bytes that begin ${beginning(bytes)}, ` +
        "allowed: a PNG or JPEG image",
    );
  }
  if (bytes.length > MAX_BYTES || header.widthPx * header.heightPx > MAX_PIXELS) {
    throw new TerminalError(
      `got ${name} with ${bytes.length} bytes and ${header.widthPx} × ${header.heightPx} pixels, ` +
        `allowed: ${MAX_BYTES} bytes and ${MAX_PIXELS} pixels`,
    );
  }
}

function beginning(bytes: Uint8Array): string {
  return bytes.length === 0 ? "nowhere" : JSON.stringify(
    new TextDecoder("latin1").decode(bytes.subarray(0, 8)),
  );
}
