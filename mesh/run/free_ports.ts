/** Ports from here on are the system's own, for the near end of connections. */
const FIRST_EPHEMERAL_PORT = 32_768;

/** Where the search for ports that nobody knows by heart begins, at random. */
const SEARCH_FROM = 20_000;

/**
 * Finds the first free port on the loopback interface from a given one on.
 *
 * @param from the port to begin with
 * @param taken ports not to be given
 * @throws Error when there is none below the system's own ports
 */
export function findFreePort(from: number, taken: ReadonlySet<number> = new Set()): number {
  for (let port = from; port < FIRST_EPHEMERAL_PORT; port++) {
    if (!taken.has(port) && isFree(port)) return port;
  }
  throw new Error(`no port from ${from} to ${FIRST_EPHEMERAL_PORT - 1} is free`);
}

/**
 * Finds free ports on the loopback interface. Each search begins elsewhere, so that two at the same
 * time rarely meet.
 *
 * @param count how many
 */
export function findFreePorts(count: number): number[] {
  const span = FIRST_EPHEMERAL_PORT - SEARCH_FROM - 1_000;
  const found = new Set<number>();
  let from = SEARCH_FROM + Math.floor(Math.random() * span);
  while (found.size < count) {
    from = findFreePort(from, found);
    found.add(from);
  }
  return [...found];
}

/**
 * Whether nothing listens on a port of the loopback interface.
 *
 * @param port the port
 */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
