import type { Connection } from "./app_env.ts";
import { type Address, formatAddress } from "@asya/program";

/**
 * Serves HTTP until it is shut down.
 *
 * @param address where to listen; port 0 takes a free one
 * @param handler answers requests
 * @param onListen is told the URL
 * @throws Deno.errors.AddrInUse when another process listens there, with the address
 */
export function serve(
  address: Address,
  handler: (request: Request, connection: Connection) => Promise<Response>,
  onListen: (url: string) => void,
): Deno.HttpServer {
  try {
    return Deno.serve({
      ...address,
      onListen: (listening) => onListen(`http://${formatAddress(listening)}`),
      handler,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Deno.errors.AddrInUse(
      `cannot listen on ${formatAddress(address)}: another process already does; ` +
        "allowed: an address that is free",
      { cause: error },
    );
  }
}
