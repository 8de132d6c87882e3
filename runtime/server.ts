import { Connection } from "./connection.ts";
import type { Host } from "./host.ts";

/** How long accepting pauses when the system has no more files to give. */
const PAUSE_MS = 100;

/** Accepts connections to the handler, and knows those that are open. */
export class Server {
  readonly #listener: Deno.UnixListener;
  readonly #host: Host;
  readonly #connections = new Map<Connection, Deno.UnixConn>();
  #isAccepting = true;

  /**
   * @param listener the socket; it is closed in the end
   * @param host whom peers want
   */
  constructor(listener: Deno.UnixListener, host: Host) {
    this.#listener = listener;
    this.#host = host;
  }

  /** Serves whoever connects, until the socket is closed. */
  async serve(): Promise<void> {
    while (this.#isAccepting) {
      try {
        this.#welcome(await this.#listener.accept());
      } catch (error) {
        if (!this.#isAccepting) return;
        this.#host.onEvent({ kind: "accept_failed", error });
        // Waits for connections to end: too many are open.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  /** Accepts nobody any more; who is connected stays so. */
  stopAccepting(): void {
    this.#isAccepting = false;
    this.#listener.close();
  }

  /** Writes what is answered, then ends every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#connections.keys()].map((connection) => connection.flushed()));
    for (const peer of this.#connections.values()) peer.close();
  }

  #welcome(peer: Deno.UnixConn): void {
    const connection = new Connection(this.#host, peer);
    this.#connections.set(connection, peer);
    connection.serve().finally(() => this.#connections.delete(connection));
  }
}
