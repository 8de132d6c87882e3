/**
 * The address that a request comes from. Proxies append the address that they see to
 * `X-Forwarded-For`; whoever is further away may have written anything before it.
 *
 * @param peer the address at the other end of the connection
 * @param forwardedFor the header
 * @param trustedProxies how many proxies in front of the gateway append to the header
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0 || forwardedFor === undefined) return plain(peer);
  const hops = forwardedFor.split(",");
  return plain(hops[Math.max(0, hops.length - trustedProxies)]) ?? plain(peer);
}

/**
 * The part of an address that one caller has to himself: all of an IPv4 address, the first half of
 * an IPv6 address, of which the rest is anybody's to choose who has a network.
 *
 * @param address as {@linkcode clientAddress} gives it
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind = tail ? tail.split(":").length : 0;
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind);
  const whole = [...groups, ...Array<string>(zeros).fill("0"), ...tail ? tail.split(":") : []];
  return `${whole.slice(0, 4).join(":")}::/64`;
}

/** An address in its usual spelling, without a port; nothing for what is none. */
function plain(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? "";
  const ipv4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/i.exec(trimmed)?.[1];
  if (ipv4 !== undefined) return ipv4;
  const ipv6 = /^\[?([0-9a-f:.]*:[0-9a-f:.]*)\]?(?:(?<=\]):?\d{0,5})?$/i.exec(trimmed)?.[1];
  return ipv6 === undefined ? undefined : URL.parse(`http://[${ipv6}]/`)?.hostname.slice(1, -1);
}
