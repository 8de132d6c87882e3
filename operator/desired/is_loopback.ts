/**
 * Whether a host is the pod itself, whatever pod that is.
 *
 * @param hostname a name or an IP address, without brackets and port
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}
