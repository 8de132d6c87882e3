/**
 * Stands before gateways as a service of a cluster does: each connection goes to the next one that
 * takes it, and ends with it.
 *
 * @module
 */

/** Leads connections to whoever takes them; disposing ends all of them. */
export class Balancer implements AsyncDisposable {
  readonly #ports: readonly number[];
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();
  #turn = 0;

  /**
   * @param port where it listens on loopback
   * @param ports where those behind it do
   */
  constructor(port: number, ports: readonly number[]) {
    this.#ports = ports;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#follow(this.#accept());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#follow(this.#lead(client));
  }

  async #lead(client: Deno.TcpConn): Promise<void> {
    this.#open.add(client);
    const server = await this.#connect();
    if (server) {
      this.#open.add(server);
      await Promise.all([pump(client, server), pump(server, client)]);
      this.#open.delete(server);
    }
    close(client);
    this.#open.delete(client);
  }

  async #connect(): Promise<Deno.TcpConn | undefined> {
    for (const _ of this.#ports) {
      const port = this.#ports[this.#turn++ % this.#ports.length]!;
      try {
        return await Deno.connect({ hostname: "127.0.0.1", port });
      } catch {
        // It is away; another one may be there.
      }
    }
    return undefined;
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => this.#work.delete(followed));
    this.#work.add(followed);
  }
}

async function pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  try {
    await from.readable.pipeTo(to.writable);
  } catch {
    // One of the two has gone, which ends the other.
  }
  close(from);
  close(to);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It has been closed before.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
