import type { Access } from "./access.ts";
import type { Connection, ConnectionRequest } from "./connection.ts";

/** Deno's own client of HTTP: servers are always checked, for the name that they are reached by. */
export class FetchConnection implements Connection {
  readonly #client: Deno.HttpClient;

  /** @param access who vouches for the server, who we are, and which proxy is in between */
  constructor({ caCerts, certificate, proxyUrl }: Access) {
    this.#client = Deno.createHttpClient({
      caCerts: [...caCerts],
      http1: true,
      http2: false,
      ...(proxyUrl !== undefined && { proxy: { url: proxyUrl } }),
      ...certificate,
    });
  }

  fetch(url: string, request: ConnectionRequest): Promise<Response> {
    return fetch(url, { ...request, redirect: "manual", client: this.#client });
  }

  close(): void {
    this.#client.close();
  }
}
