/** A certificate for a server that speaks TLS: paths of PEM files. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** How to make a server. */
export interface TestPostgresOptions {
  /** A folder for all that belongs to the server; it is removed with it. */
  readonly folder: string;
  /** Speaks TLS too, with this certificate. */
  readonly tls?: ServerCertificate;
  /** Takes nobody who does not speak TLS. */
  readonly tlsOnly?: boolean;
  /** Further lines of postgresql.conf. */
  readonly config?: readonly string[];
}

/** A server of our own, to be stopped, killed and started as a test likes; disposing removes it. */
export interface TestPostgresServer extends AsyncDisposable {
  /** Its port on loopback, which stays the same however often it is started. */
  readonly port: number;
  /** Where it is, with the name and the password of who may do everything; without a database. */
  readonly url: string;
  /** Starts it, for the first time or again, and waits until it answers. */
  start(): Promise<void>;
  /** Lets it end in order, cutting off whoever is connected, and waits until it has. */
  stop(): Promise<void>;
  /** Ends all of its processes at once, as a loss of power would. */
  kill(): Promise<void>;
}

/** Who may do everything on servers of our own. */
export const OWNER = { user: "asya", password: "only-for-tests" } as const;

/** Lines of postgresql.conf that every server for tests has. */
export const COMMON_CONFIG: readonly string[] = [
  "max_connections = 300",
  // What is killed is a process, never the machine: the system's own memory of the files is safe.
  "fsync = off",
  "log_min_messages = warning",
];

/**
 * The file that says who may come, over the network.
 *
 * @param tlsOnly whether TLS is asked of everybody
 * @param addresses from where
 */
export function hostRules(tlsOnly: boolean, addresses: string): string {
  return `${tlsOnly ? "hostssl" : "host"} all all ${addresses} scram-sha-256\n`;
}
