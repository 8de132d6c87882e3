import { connect, type SocketOptions } from "amqplib";
import { type BrokerAddress, describeAddress } from "./broker_address.ts";
import { describeError } from "./amqp_error.ts";
import { checkTls, type PemFile } from "./check_tls.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Files of PEM text for a connection over TLS. */
export interface TlsFiles {
  /** Who may vouch for the broker, where the system's own authorities do not; or what it says. */
  readonly ca?: string | PemFile | undefined;
  /** Our own certificate, for a broker that asks for one. */
  readonly cert?: string | undefined;
  /** The key of our certificate. */
  readonly key?: string | undefined;
}

/** How long the broker may take to answer while a connection is being opened. */
const OPEN_LIMIT_MS = 10_000;

/**
 * Opens a connection. The files are read each time: certificates are renewed while programs run.
 *
 * @param address the broker
 * @param files what TLS needs
 * @param signal gives up what is not open yet
 * @param options whom the session tells
 * @throws Error whose message names the broker, without the password
 */
export async function openSession(
  address: BrokerAddress,
  files: TlsFiles,
  signal: AbortSignal,
  options: SessionOptions,
): Promise<Session> {
  const { protocol, hostname, port, username, password, vhost, heartbeatS } = address;
  try {
    const socketOptions: SocketOptions & { signal: AbortSignal } = {
      ...(protocol === "amqps" && await readTlsFiles(files)),
      // Sockets know it, though the client's types do not.
      signal,
      noDelay: true,
      keepAlive: true,
      timeout: OPEN_LIMIT_MS,
      clientProperties: { connection_name: "asya" },
    };
    const model = await connect({
      ...{ protocol, hostname, port, username, password },
      // The client decodes it.
      vhost: encodeURIComponent(vhost),
      heartbeat: heartbeatS,
    }, socketOptions);
    return new Session(model, options);
  } catch (error) {
    throw new Error(`${describeAddress(address)}: ${describeError(error)}`, { cause: error });
  }
}

async function readTlsFiles(files: TlsFiles): Promise<SocketOptions> {
  const ca = await readPem(files.ca);
  const cert = await readPem(files.cert);
  const key = await readPem(files.key);
  checkTls({ ca, cert, key });
  return {
    ...(ca && { ca: ca.text }),
    ...(cert && { cert: cert.text }),
    ...(key && { key: key.text }),
  };
}

async function readPem(file: string | PemFile | undefined): Promise<PemFile | undefined> {
  return typeof file === "string" ? { path: file, text: await Deno.readTextFile(file) } : file;
}
