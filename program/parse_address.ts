/** A place to listen on or to connect to. */
export interface Address {
  /** A host name or an IP address; an IPv6 address stands without its brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 asks the system for a free port when listening. */
  readonly port: number;
}

const pattern = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]@]*)):(\d{1,5})$/;

/**
 * Reads `host:port`, `[::1]:port`, or `:port`, which means every IPv4 interface (`0.0.0.0`).
 *
 * @param text What was written; surrounding spaces are ignored.
 * @returns The host and the port, or `undefined` when the text is not an address.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAddress } from "@asya/program";
 *
 * assert.deepEqual(parseAddress(":8080"), { hostname: "0.0.0.0", port: 8080 });
 * assert.equal(parseAddress("localhost"), undefined);
 * ```
 */
export function parseAddress(text: string): Address | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, ipv6, host, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  return { hostname: ipv6 ?? (host || "0.0.0.0"), port };
}

/**
 * Writes an address the way URLs and Deno's permission flags spell it.
 *
 * @param address The host and the port.
 * @returns `host:port`, an IPv6 host in brackets.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatAddress } from "@asya/program";
 *
 * assert.equal(formatAddress({ hostname: "::1", port: 80 }), "[::1]:80");
 * ```
 */
export function formatAddress(address: Address): string {
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}
