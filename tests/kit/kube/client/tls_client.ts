import { Buffer } from "node:buffer";
import { Agent, request } from "node:https";
import { Readable } from "node:stream";
import { connect } from "node:tls";
import type { KubeAccess } from "./kubeconfig.ts";

/** What is asked; as `fetch` takes it. */
export interface TlsRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/**
 * Asks servers that `fetch` does not trust: unchecked ones, and those with another name. The
 * operator's `node_connection.ts` does the same, and is alike on purpose: what looks at the operator
 * shares no code with it, so that a mistake of the one is not a mistake of the other.
 */
export class TlsClient {
  readonly #agent = new Agent({ keepAlive: true });

  /** @param access what to check, and who we are */
  constructor({ ca, client, serverName, isUnverified = false }: KubeAccess) {
    // The agent's own way would ask for a right to read the system's authorities.
    this.#agent.createConnection = ({ host, port }) =>
      connect({
        host: host ?? "",
        port: Number(port),
        rejectUnauthorized: !isUnverified,
        ...(serverName !== undefined && { servername: serverName }),
        ...(ca !== undefined && { ca }),
        ...client,
      }).setNoDelay(true);
  }

  /** As the global `fetch`, for what a server of Kubernetes answers. */
  fetch(url: string, { body, headers, ...how }: TlsRequest): Promise<Response> {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request(url, {
        ...how,
        agent: this.#agent,
        headers: { ...headers, ...length },
      }, (message) => {
        const { statusCode: status = 0, headersDistinct } = message;
        const told = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value])
        );
        resolve(new Response(Readable.toWeb(message), { status, headers: told }));
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** Ends everything that still runs. */
  close(): void {
    this.#agent.destroy();
  }
}
