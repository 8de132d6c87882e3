import { connect, type Socket } from "node:net";
import { createServer, type Server } from "node:tls";

/** Where it stands, and what it leads to: ports on loopback, and PEM. */
export interface TlsFrontOptions {
  readonly port: number;
  readonly behindPort: number;
  readonly cert: string;
  readonly key: string;
}

/**
 * Takes encrypted connections for a server that does not.
 *
 * `Deno.serve` can encrypt by itself, but leaves Nagle's algorithm on where it does: every second
 * answer would wait 40 ms for an acknowledgement.
 */
export class TlsFront implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** Who vouches for it: PEM. */
  readonly ca: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #listening: Promise<void>;

  constructor({ port, behindPort, cert, key }: TlsFrontOptions) {
    this.url = `https://127.0.0.1:${port}`;
    this.ca = cert;
    this.#server = createServer({ cert, key, noDelay: true }, (outside) => {
      outside.setNoDelay(true);
      const behind = connect({ port: behindPort, host: "127.0.0.1", noDelay: true });
      for (const [one, other] of [[outside, behind], [behind, outside]] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        // Whatever ends one side ends the other, a break too.
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
    this.#listening = new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve());
    });
  }

  /** Resolves once it takes connections. */
  get listening(): Promise<void> {
    return this.#listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
