/** How a connection is kept from others, in the words of libpq. */
export type SslMode = "disable" | "prefer" | "require" | "verify-full";

/** Where a database is, and who comes to it. */
export interface DatabaseAddress {
  /** A name or an IP address, an IPv6 one without brackets. */
  readonly host: string;
  /** Where it listens. */
  readonly port: number;
  /** Who comes to it. */
  readonly user: string;
  /** Empty where there is none. */
  readonly password: string;
  /** The database's name on its server. */
  readonly database: string;
  /** How the connection is kept from others. */
  readonly sslMode: SslMode;
  /** What the server's lists show us as. */
  readonly applicationName: string;
  /** How long the server may take to let us in. */
  readonly connectTimeoutMs: number;
}

/** An address, or everything that is wrong with it. */
export type ParsedAddress =
  | { readonly ok: true; readonly address: DatabaseAddress }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The modes that may be asked for, and what we do for them. Who allows TLS gets it where there is
 * any, and whose certificate is looked at is also asked for its name.
 */
const SSL_MODES: Readonly<Record<string, SslMode>> = {
  "disable": "disable",
  "allow": "prefer",
  "prefer": "prefer",
  "require": "require",
  "verify-ca": "verify-full",
  "verify-full": "verify-full",
};

const PARAMETERS = ["application_name", "connect_timeout", "sslmode"];

const DEFAULT_CONNECT_TIMEOUT_S = 10;

/**
 * Whether a URL is one of PostgreSQL.
 *
 * @param url any URL
 */
export function isPostgresUrl(url: string | undefined): url is string {
  return url !== undefined && /^postgres(ql)?:/i.test(url);
}

/**
 * Reads the URL of a database, as https://www.postgresql.org/docs/current/libpq-connect.html has
 * it. No problem shows the password.
 *
 * @param url `postgres://user:password@host:port/database?sslmode=require`
 * @param applicationName what the server's lists show us as, unless the URL says
 */
export function parseDatabaseUrl(url: string, applicationName = "asya"): ParsedAddress {
  const parsed = URL.parse(url);
  if (!parsed) return { ok: false, problems: ["it is no URL"] };
  const { hostname, port, username, password, pathname, searchParams } = parsed;
  const problems: string[] = [];
  const database = decode(pathname.slice(1));
  if (hostname === "") problems.push("it names no host; allowed: a name or an IP address");
  if (hostname.includes(",") || /%2c/i.test(hostname)) {
    problems.push("it names several hosts; allowed: one, such as that of a proxy before them");
  }
  if (username === "") problems.push("it names no user; allowed: postgres://USER:PASSWORD@…");
  if (database === "") problems.push("it names no database; allowed: …/DATABASE behind the host");
  const sslMode = SSL_MODES[searchParams.get("sslmode") ?? "prefer"];
  if (!sslMode) {
    const modes = Object.keys(SSL_MODES).join(", ");
    problems.push(
      `its sslmode is ${JSON.stringify(searchParams.get("sslmode"))}; allowed: ${modes}`,
    );
  }
  const timeoutS = Number(searchParams.get("connect_timeout") ?? DEFAULT_CONNECT_TIMEOUT_S);
  if (!(timeoutS > 0 && timeoutS <= 3_600)) {
    problems.push("its connect_timeout is no number of seconds; allowed: 1 to 3600");
  }
  for (const name of new Set(searchParams.keys())) {
    if (!PARAMETERS.includes(name)) problems.push(unknownParameter(name));
  }
  if (problems.length > 0 || !sslMode) return { ok: false, problems };
  return {
    ok: true,
    address: {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || 5432,
      user: decode(username),
      password: decode(password),
      database,
      sslMode,
      applicationName: searchParams.get("application_name") || applicationName,
      connectTimeoutMs: timeoutS * 1_000,
    },
  };
}

/**
 * The address in a URL that was found to be good before.
 *
 * @param url see {@linkcode parseDatabaseUrl}
 * @param applicationName what the server's lists show us as, unless the URL says
 * @throws Error with everything that is wrong with it
 */
export function requireAddress(url: string, applicationName = "asya"): DatabaseAddress {
  const parsed = parseDatabaseUrl(url, applicationName);
  if (parsed.ok) return parsed.address;
  throw new Error(`the database's URL cannot be used: ${parsed.problems.join("; ")}`);
}

/**
 * Names a database for people, without the password.
 *
 * @param address the database
 */
export function describeDatabase({ host, port, user, database }: DatabaseAddress): string {
  const written = host.includes(":") ? `[${host}]` : host;
  const [who, what] = [user, database].map(encodeURIComponent);
  return `postgres://${who}@${written}:${port}/${what}`;
}

function unknownParameter(name: string): string {
  if (name === "sslrootcert") return "it has sslrootcert; allowed: ASYA_DATABASE_CA_FILE instead";
  return `its parameter ${JSON.stringify(name)} is not known; allowed: ${PARAMETERS.join(", ")}`;
}

/** What percent signs stand for; a lone one stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
