import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { Agent, request, type RequestOptions } from "node:https";
import { Readable } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Access } from "./access.ts";
import type { Connection, ConnectionRequest } from "./connection.ts";

/** Answers that have no body, which a `Response` may then not have either. */
const WITHOUT_BODY: readonly number[] = [204, 304];

/**
 * Node's client of HTTP, which can be told what Deno's own cannot: that a server goes by another
 * name than the one it is reached by, or that it is not to be checked. The `tls_client.ts` of the
 * tests is alike on purpose: it looks at the operator, and shares nothing with it.
 */
export class NodeConnection implements Connection {
  readonly #agent: Agent;

  /** @param access who vouches for the server, if anybody has to, and who we are */
  constructor({ caCerts, certificate, serverName, isUnverified = false }: Access) {
    this.#agent = new TlsAgent({
      rejectUnauthorized: !isUnverified,
      // Not to be said where it is not known: then the platform's own authorities count.
      ...(caCerts.length > 0 && { ca: [...caCerts] }),
      ...(serverName !== undefined && { servername: serverName }),
      ...certificate,
    });
  }

  fetch(url: string, { method, headers, body, signal }: ConnectionRequest): Promise<Response> {
    return new Promise((resolve, reject) => {
      // Node would say it by itself, but not of all methods.
      const length = { "content-length": String(Buffer.byteLength(body ?? "")) };
      const asked = request(url, {
        ...{ agent: this.#agent, method, signal },
        headers: body === undefined ? headers : { ...headers, ...length },
      });
      asked.on("response", (message) => resolve(responseOf(message)));
      asked.on("error", reject);
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.maxFreeSockets = 0;
    for (const sockets of Object.values(this.#agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }
}

/** Keeps sockets for further requests. The agent of Node would read the system's authorities. */
class TlsAgent extends Agent {
  readonly #trust: ConnectionOptions;

  constructor(trust: ConnectionOptions) {
    super({ keepAlive: true });
    this.#trust = trust;
  }

  override createConnection({ host, port }: RequestOptions): TLSSocket {
    const socket = connect({ host: host ?? "", port: Number(port), ...this.#trust });
    return socket.setNoDelay(true);
  }
}

function responseOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const { statusCode: status = 0 } = message;
  if (!WITHOUT_BODY.includes(status)) {
    return new Response(Readable.toWeb(message), { status, headers });
  }
  message.resume();
  return new Response(null, { status, headers });
}
