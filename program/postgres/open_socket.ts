import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { DatabaseAddress } from "./address.ts";
import { ServerError } from "./postgres_error.ts";

/** Asks a server whether it speaks TLS; it answers with one byte. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const YES = "S".charCodeAt(0);

/** A peer that vanished without a word is looked for after so long. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Opens a connection as far as the first word of PostgreSQL's own protocol: over TCP, and over TLS
 * where that is asked for or preferred.
 *
 * @param address the server
 * @param ca PEM text: who may vouch for the server, where the authorities that Deno knows do not
 * @param gaveUp aborts when nobody waits for it any more
 * @throws Error with the code of what went wrong
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export async function openSocket(
  address: DatabaseAddress,
  ca: string | undefined,
  gaveUp: AbortSignal,
): Promise<Socket> {
  const { host, port, sslMode } = address;
  const plain = connectTcp(port, host);
  gaveUp.addEventListener("abort", () => plain.destroy());
  try {
    await opened(plain, "connect");
    plain.setNoDelay(true);
    plain.setKeepAlive(true, KEEP_ALIVE_MS);
    if (sslMode === "disable") return plain;
    if (await speaksTls(plain)) return await secure(plain, address, ca);
    if (sslMode === "prefer") return plain;
    throw new ServerError(
      "SERVER_UNSUITABLE",
      `the server does not speak TLS, and sslmode is ${sslMode}; allowed: a server with ssl = on, ` +
        "or sslmode=disable in the URL",
    );
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** Waits until a socket is open; what goes wrong before is thrown. */
async function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  const closed = once(socket, "close").then(() => {
    throw new ServerError("SERVER_SILENT", "the server closed the connection without a word");
  });
  // Whoever comes second is nobody's business.
  closed.catch(() => {});
  await Promise.race([once(socket, event), closed]);
}

async function speaksTls(socket: Socket): Promise<boolean> {
  const answer = once(socket, "data");
  const closed = once(socket, "close").then(() => {
    throw new ServerError("SERVER_SILENT", "the server closed the connection when asked for TLS");
  });
  closed.catch(() => {});
  socket.write(SSL_REQUEST);
  const [bytes] = await Promise.race([answer, closed]);
  // Nothing that was said before the handshake may count as said within it.
  return bytes.length === 1 && bytes[0] === YES;
}

async function secure(
  plain: Socket,
  { host, sslMode }: DatabaseAddress,
  ca: string | undefined,
): Promise<Socket> {
  // As libpq has it: who names an authority wants it to be asked.
  const isVerified = sslMode === "verify-full" || ca !== undefined;
  const socket = connectTls({
    socket: plain,
    host,
    servername: isIP(host) ? "" : host,
    rejectUnauthorized: isVerified,
    ...(ca !== undefined && { ca }),
  });
  try {
    await opened(socket, "secureConnect");
    return socket;
  } catch (error) {
    socket.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerError("SERVER_UNSUITABLE", `TLS with the server failed: ${reason}`, {
      cause: error,
    });
  }
}
