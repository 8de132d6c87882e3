/** Ports that no outgoing connection is given: those begin at 32768. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

const given = new Set<number>();

/**
 * A port on loopback that nobody listens on, and that was not given to anybody by this process.
 *
 * @returns a port below 32768
 */
export function freePort(): number {
  for (let tries = 0; tries < 1000; tries++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
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
