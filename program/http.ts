import { opsResponse, type OpsSources } from "./ops_response.ts";
import { type Address, formatAddress, parseAddress } from "./parse_address.ts";

/** What {@linkcode serveOps} serves, and where. */
export interface OpsOptions extends OpsSources {
  /** Where to listen: `host:port` or `:port`; port 0 takes a free one. */
  readonly address: string;
  /** Told once, when requests are answered. */
  readonly onListen?: (address: Address) => void;
}

/** A running server of operational endpoints. */
export interface OpsServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Stops listening and resolves when the requests under way are answered. */
  close(): Promise<void>;
}

/**
 * Serves `/health`, `/healthz`, `/livez`, `/readyz` and `/metrics`. Needs `--allow-net` for the address.
 *
 * @param options Where to listen and what to answer from.
 * @returns The running server.
 * @throws TypeError When the address is not one.
 * @throws Deno.errors.AddrInUse When another process listens there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { serveOps } from "@asya/program";
 *
 * const server = serveOps({ address: "127.0.0.1:0", live: () => true, ready: () => false });
 * const response = await fetch(`http://127.0.0.1:${server.port}/readyz`);
 * assert.equal(response.status, 503);
 * await response.body?.cancel();
 * await server.close();
 * ```
 */
export function serveOps(options: OpsOptions): OpsServer {
  const address = parseAddress(options.address);
  if (address === undefined) {
    throw new TypeError(
      `the address is ${JSON.stringify(options.address)}; allowed: host:port or :port`,
    );
  }
  const server = listen(address, options);
  return { port: server.addr.port, close: () => server.shutdown() };
}

function listen(address: Address, options: OpsOptions): Deno.HttpServer<Deno.NetAddr> {
  const { onListen = () => {} } = options;
  const handler = async (request: Request) =>
    await opsResponse(request, options) ?? new Response("not found", { status: 404 });
  try {
    return Deno.serve({ ...address, onListen, handler });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Deno.errors.AddrInUse(
      `cannot listen on ${formatAddress(address)}: another process already does; ` +
        "allowed: an address that is free",
      { cause: error },
    );
  }
}
