/** Which names a gateway answers to, and to whose pages. */
export interface HostRules {
  /** Whether it can only be reached from its own machine. */
  readonly isLoopback: boolean;
  /** Further names, without ports. */
  readonly allowedHosts: readonly string[];
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** A name as nearly every client writes it, so that nothing about it needs a URL parser. */
const PLAIN_HOST = /^(127\.0\.0\.1|[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*)(?::[0-9]{1,5})?$/;

/**
 * Whether a request may be meant for this gateway. A page of another site that makes its own name
 * point here (DNS rebinding) sends that name as the host; a page of another site that asks directly
 * sends its origin.
 *
 * A gateway that only listens on its own machine answers to that machine's names. One that listens
 * beyond has names that it cannot know; it checks them where they are given.
 *
 * @param headers the request's `Host` and `Origin`
 * @param rules which names are allowed
 * @returns what is wrong, or `undefined`
 */
export function checkHost(
  headers: { readonly host: string | null; readonly origin: string | null },
  rules: HostRules,
): "host" | "origin" | undefined {
  const host = plainName(headers.host) ?? nameOf(`http://${headers.host ?? ""}`);
  const isKnown = (name: string) =>
    LOOPBACK.includes(name) ||
    rules.allowedHosts.some((allowed) => allowed.toLowerCase() === name);
  const areKnown = rules.isLoopback || rules.allowedHosts.length > 0;
  if (host === undefined || (areKnown && !isKnown(host))) return "host";
  if (headers.origin === null) return undefined;
  const origin = nameOf(headers.origin);
  const isAllowed = origin !== undefined && (isKnown(origin) || origin === host);
  return isAllowed ? undefined : "origin";
}

/**
 * Whether an address to listen on can only be reached from the same machine.
 *
 * @param hostname a name or an IP address
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}

function plainName(host: string | null): string | undefined {
  return host === null ? undefined : PLAIN_HOST.exec(host)?.[1];
}

function nameOf(url: string): string | undefined {
  return URL.parse(url)?.hostname.toLowerCase() || undefined;
}
