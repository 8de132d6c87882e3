import { type Address, formatAddress } from "@asya/program";

/** Who answers requests, and who is told of what becomes of the server. */
export interface ServeOptions {
  readonly handler: (request: Request) => Promise<Response>;
  /** Is told the URL, once. */
  readonly onListen: (url: string) => void;
  /** Is told that connections cannot be taken at this moment. */
  readonly onFailure: (error: unknown) => void;
}

/** A server that listens. */
export interface Listening {
  /** Takes no more requests, and resolves when those in hand are answered. */
  shutdown(): Promise<void>;
}

/** How long to wait before we listen again; connections that failed with us end meanwhile. */
const AGAIN_AFTER_MS = 250;

/**
 * Serves HTTP until it is shut down. Where the system refuses a connection to us, since there are
 * too many open files, Deno's server ends with all its connections; another one takes its place.
 *
 * @param address where to listen; port 0 takes a free one
 * @param options who answers, who is told
 * @throws Deno.errors.AddrInUse when another process listens there, with the address
 */
export function serve(address: Address, options: ServeOptions): Listening {
  const { handler, onListen, onFailure } = options;
  let isShutdown = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = (at: Address, tell: (url: string) => void) => {
    const server = Deno.serve({
      ...at,
      onListen: (listening) => tell(`http://${formatAddress(listening)}`),
      handler,
    });
    const { port } = server.addr;
    server.finished.catch((error) => listenAgain({ ...at, port }, error));
    return server;
  };
  const listenAgain = (at: Address, error: unknown) => {
    onFailure(error);
    if (isShutdown) return;
    timer = setTimeout(() => {
      try {
        server = listen(at, () => {});
      } catch (error) {
        listenAgain(at, error);
      }
    }, AGAIN_AFTER_MS);
  };
  let server = listenFirst(address, () => listen(address, onListen));
  return {
    async shutdown() {
      isShutdown = true;
      clearTimeout(timer);
      await server.shutdown();
    },
  };
}

function listenFirst<T>(address: Address, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Deno.errors.AddrInUse(
      `cannot listen on ${formatAddress(address)}: another process already does; ` +
        "allowed: an address that is free",
      { cause: error },
    );
  }
}
