import { encodeFrame, FrameDecoder } from "@asya/protocol";

/** How a single exchange ended. */
export type ExchangeEnd =
  /** A whole frame came. */
  | { readonly kind: "reply"; readonly body: Uint8Array }
  /** The connection ended without one. */
  | { readonly kind: "closed"; readonly pendingBytes: number };

/** What a misbehaving client may do differently. */
export interface ExchangeOptions {
  /** Sends these bytes instead of a frame. */
  readonly rawBytes?: Uint8Array;
  /** Sends so many bytes at a time, each in a write of its own. */
  readonly chunkBytes?: number;
  /** Closes right after writing, as a client that was killed does. */
  readonly hangUp?: boolean;
}

/**
 * One request and one reply on a connection of its own, as every existing sidecar does it.
 *
 * @param socketPath the host's socket
 * @param body the request frame's body
 * @param options misbehaviour
 */
export async function exchange(
  socketPath: string,
  body: Uint8Array | string,
  options: ExchangeOptions = {},
): Promise<ExchangeEnd> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const request = options.rawBytes ?? encodeFrame(bytes);
  using connection = await Deno.connect({ transport: "unix", path: socketPath });
  const written = writeChunks(connection, request, options.chunkBytes ?? request.length);
  if (options.hangUp) {
    await written;
    return { kind: "closed", pendingBytes: 0 };
  }
  const end = await readFrame(connection);
  await written;
  return end;
}

/**
 * Reads one frame, or finds that there will be none.
 *
 * @param connection an open connection; not closed here
 */
export async function readFrame(connection: Deno.Conn): Promise<ExchangeEnd> {
  const decoder = new FrameDecoder(0xffff_ffff);
  const buffer = new Uint8Array(65_536);
  while (true) {
    const length = await readSome(connection, buffer);
    if (length === null) return { kind: "closed", pendingBytes: decoder.pendingBytes };
    const [body] = decoder.push(buffer.subarray(0, length)).frames;
    if (body) return { kind: "reply", body };
  }
}

/** Reads like `read`; a connection that was reset has ended, too. */
async function readSome(connection: Deno.Conn, buffer: Uint8Array): Promise<number | null> {
  try {
    return await connection.read(buffer);
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return null;
    throw error;
  }
}

/** Writes all of it; a peer that closes before it has read everything may do so. */
async function writeChunks(
  connection: Deno.Conn,
  bytes: Uint8Array,
  chunkBytes: number,
): Promise<void> {
  try {
    for (let offset = 0; offset < bytes.length;) {
      offset += await connection.write(bytes.subarray(offset, offset + Math.max(1, chunkBytes)));
    }
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    if (error instanceof Deno.errors.ConnectionReset) return;
    throw error;
  }
}
