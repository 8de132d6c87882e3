/** Ports that no outgoing connection is given: those begin at 32768. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** How many ports belong together; the first of them is never given, see {@linkcode claimBlock}. */
const BLOCK_PORTS = 100;

/** This file's ports: test files run beside each other, each as a program of its own. */
const block = claimBlock();

let next = 0;

/**
 * A port on loopback that nobody listens on. It is some time before whoever gets it listens there:
 * so nobody else on this machine is given it, and it is not given again before every other of the
 * block has been.
 *
 * @returns a port below 32768
 */
export function freePort(): number {
  for (let tries = 1; tries < BLOCK_PORTS; tries++) {
    const port = block.first + 1 + next++ % (BLOCK_PORTS - 1);
    const listener = listenOn(port);
    listener?.close();
    if (listener) return port;
  }
  throw new Error(`of the ports from ${block.first} to ${block.first + BLOCK_PORTS}, none is free`);
}

/**
 * Takes ports that no other test takes, in this process or another: whoever listens on the first
 * port of a block has all of it, until it ends.
 */
function claimBlock(): { readonly first: number; readonly claim: Deno.Listener } {
  const blocks = (LAST_PORT - FIRST_PORT) / BLOCK_PORTS;
  const begin = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  for (let tries = 0; tries < blocks; tries++) {
    const first = FIRST_PORT + (begin + tries) % blocks * BLOCK_PORTS;
    const claim = listenOn(first);
    if (claim) return { first, claim };
  }
  throw new Error(`no block of free ports was found from ${FIRST_PORT} to ${LAST_PORT}`);
}

function listenOn(port: number): Deno.Listener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}
