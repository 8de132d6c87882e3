import { freePort } from "./free_port.ts";

/** Stands between a client and a server, and breaks what goes through it as a network would. */
export class TcpProxy implements AsyncDisposable {
  readonly port = freePort();
  /** Connections that clients have opened so far. */
  accepted = 0;
  readonly #listener: Deno.TcpListener;
  #targetPort: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();
  #isDown = false;
  #isMute = false;
  #flow = Promise.withResolvers<void>();

  /** @param targetPort the server's port on loopback */
  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#flow.resolve();
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#follow(this.#accept());
  }

  /** Swallows what servers say, and lets through what clients say, until the next {@linkcode cut}. */
  mute(): void {
    this.#isMute = true;
  }

  /** Ends every connection at once. */
  cut(): void {
    this.#isMute = false;
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  /** Ends every connection, and each new one too, until {@linkcode restore}. */
  takeDown(): void {
    this.#isDown = true;
    this.cut();
  }

  /** Lets connections be. */
  restore(): void {
    this.#isDown = false;
  }

  /** Leads each new connection to another server. */
  redirect(targetPort: number): void {
    this.#targetPort = targetPort;
  }

  /** Keeps connections open and lets nothing through, until {@linkcode thaw}. */
  freeze(): void {
    this.#flow = Promise.withResolvers<void>();
  }

  /** Lets everything through again, what has piled up first. */
  thaw(): void {
    this.#flow.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.takeDown();
    this.thaw();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      this.accepted += 1;
      if (this.#isDown) close(client);
      else this.#follow(this.#join(client));
    }
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.#targetPort });
    } catch {
      return close(client); // the server is away
    }
    this.#open.add(client).add(server);
    if (this.#isDown) this.cut();
    const isMute = () => this.#isMute;
    await Promise.all([this.#pump(client, server), this.#pump(server, client, isMute)]);
    this.#open.delete(client);
    this.#open.delete(server);
  }

  async #pump(from: Deno.Conn, to: Deno.Conn, isMute = () => false): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
        await this.#flow.promise;
        if (isMute()) continue;
        for (let sent = 0; sent < size;) sent += await to.write(buffer.subarray(sent, size));
      }
    } catch {
      // One of the two has gone, which ends the other.
    }
    close(from);
    close(to);
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => this.#work.delete(followed));
    this.#work.add(followed);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    // It has been closed before.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
