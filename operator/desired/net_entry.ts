import { parseAddress } from "@asya/program";
import { isLoopback } from "./is_loopback.ts";

/** What one entry of `permissions.net` means for a pod's network. */
export type NetEntry =
  /** It is connected to; without an address, whoever it is, and without a port, any. */
  | { readonly kind: "reached"; readonly cidr?: string; readonly port?: number }
  /** Others connect to it. */
  | { readonly kind: "served"; readonly port: number }
  /** It stays in the pod. */
  | { readonly kind: "inside" };

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const CIDR = /^[0-9a-fA-F:.]+\/\d{1,3}$/;

/**
 * Reads an entry of the handler's permissions, as Deno writes them.
 *
 * @param entry a host with or without a port, a range of addresses, a socket, or `*`
 * @example
 * ```ts
 * import { parseNetEntry } from "./net_entry.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseNetEntry("api.example.com:443"), { kind: "reached", port: 443 });
 * assert.deepEqual(parseNetEntry("10.0.0.5"), { kind: "reached", cidr: "10.0.0.5/32" });
 * assert.deepEqual(parseNetEntry("0.0.0.0:9000"), { kind: "served", port: 9000 });
 * assert.deepEqual(parseNetEntry("unix:/run/x.sock"), { kind: "inside" });
 * ```
 */
export function parseNetEntry(entry: string): NetEntry {
  if (/^(unix|vsock):/.test(entry)) return { kind: "inside" };
  if (CIDR.test(entry)) return { kind: "reached", cidr: entry };
  const address = parseAddress(entry);
  const host = address?.hostname ?? entry.replace(/^\[|\]$/g, "");
  const port = address?.port;
  if (isLoopback(host)) return { kind: "inside" };
  if (host === "0.0.0.0" || host === "::") {
    return port === undefined ? { kind: "inside" } : { kind: "served", port };
  }
  const bits = IPV4.test(host) ? 32 : host.includes(":") ? 128 : undefined;
  return {
    kind: "reached",
    ...(bits !== undefined && { cidr: `${host}/${bits}` }),
    ...(port !== undefined && { port }),
  };
}
