/** Ports that no outgoing connection is given: those begin at 32768. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** A prime, so that processes which start one after the other begin far from each other. */
const STRIDE = 1_709;

let next = Deno.pid * STRIDE;

/**
 * A port on loopback that nobody listens on. It is some time before whoever gets it listens there:
 * so each process goes through all of them in order from a place of its own, and gives none twice
 * before it has given every other.
 *
 * @returns a port below 32768
 */
export function freePort(): number {
  for (let tries = 0; tries < LAST_PORT - FIRST_PORT; tries++) {
    const port = FIRST_PORT + next++ % (LAST_PORT - FIRST_PORT);
    if (isFree(port)) return port;
  }
  throw new Error(`no free port was found from ${FIRST_PORT} to ${LAST_PORT}`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
