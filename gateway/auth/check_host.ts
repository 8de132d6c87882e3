/** Which names a gateway answers to, and to whose pages. */
export interface HostRules {
  /** Whether it answers to these names only; one that others can reach has names of its own. */
  readonly isStrict: boolean;
  /** Whether it can only be reached from its own machine. */
  readonly isLoopback: boolean;
  /** Names in their one spelling, without ports. */
  readonly names: ReadonlySet<string>;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * A name as nearly every client writes it, so that nothing about it needs a URL parser: not in
 * Punycode, which may be wrong, and with a port that there surely is.
 */
const PLAIN_HOST =
  /^(127\.0\.0\.1|(?!.*xn--)[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*)(?::(?:[0-9]{1,4}|[1-5][0-9]{4}))?$/;

/** A name, an IPv4 address, or an IPv6 address in brackets; perhaps a port; nothing else. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\:,"[\]]+)(?::\d{1,5})?$/;

/** An origin that has a name: a scheme, a host, and nothing behind it. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/]+)$/;

/** What a gateway knows of the names that it has. */
export interface KnownHosts {
  /** The address that it listens on. */
  readonly listensOn: string;
  /** Further names, without ports. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Its URL as callers know it. */
  readonly publicUrl?: string | undefined;
}

/**
 * Creates the rules of a gateway. One that only listens on its own machine answers to that
 * machine's names. One that listens beyond has names that it cannot know, such as those by which
 * actors reach it; it checks them where a list of them is given.
 *
 * @param known what it knows of its names
 */
export function createHostRules(known: KnownHosts): HostRules {
  const { listensOn, allowedHosts = [], publicUrl = "" } = known;
  const names = [...LOOPBACK, ...allowedHosts, URL.parse(publicUrl)?.host ?? ""].map(hostName);
  const isLoopback = isLoopbackHost(listensOn);
  return {
    isStrict: isLoopback || allowedHosts.length > 0,
    isLoopback,
    names: new Set(names.filter((name) => name !== undefined)),
  };
}

/**
 * Whether a request may be meant for this gateway. A page of another site that makes its own name
 * point here (DNS rebinding) sends that name as the host; a page of another site that asks directly
 * sends its origin.
 *
 * @param headers the request's `Host` and `Origin`
 * @param rules which names are allowed
 * @returns what is wrong, or `undefined`
 */
export function checkHost(
  headers: { readonly host: string | null; readonly origin: string | null },
  rules: HostRules,
): "host" | "origin" | undefined {
  const { isStrict, names } = rules;
  const host = hostName(headers.host ?? "");
  if (host === undefined || (isStrict && !names.has(host))) return "host";
  if (headers.origin === null) return undefined;
  const origin = originName(headers.origin);
  const isAllowed = origin !== undefined && (names.has(origin) || origin === host);
  return isAllowed ? undefined : "origin";
}

/**
 * Whether an address to listen on can only be reached from the same machine.
 *
 * @param hostname a name or an IP address
 */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostName(hostname.includes(":") ? `[${hostname}]` : hostname);
  if (name === undefined) return false;
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The name in an origin, as {@linkcode hostName} has it. */
export function originName(origin: string): string | undefined {
  return hostName(ORIGIN.exec(origin)?.[1] ?? "");
}

/**
 * The name in a host, in its one spelling: lower case, Punycode, addresses as they are usually
 * written, without a port and without the dot that may end it.
 *
 * @param host as a `Host` header has it
 */
export function hostName(host: string): string | undefined {
  const plain = PLAIN_HOST.exec(host)?.[1];
  if (plain !== undefined || !HOST.test(host)) return plain;
  return URL.parse(`http://${host}`)?.hostname.replace(/\.$/, "") || undefined;
}
