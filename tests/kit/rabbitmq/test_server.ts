import type { RabbitmqAdmin } from "./admin.ts";

/** Certificates for a broker that speaks TLS: paths of PEM files in one folder. */
export interface BrokerCertificates {
  /** Who vouches for the broker, and for its clients. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** How to make a broker. */
export interface TestServerOptions {
  /** A folder for all that belongs to the broker; it is removed with it. */
  readonly folder: string;
  /** Listens for TLS too, and asks clients for a certificate. */
  readonly tls?: BrokerCertificates;
  /** Further lines of rabbitmq.conf. */
  readonly config?: readonly string[];
  /** Serves metrics for Prometheus too. */
  readonly hasMetrics?: boolean;
}

/** A broker of our own, to be stopped, killed and started as a test likes; disposing removes it. */
export interface TestServer extends AsyncDisposable {
  /** Ports on loopback; they stay the same however often it is started. */
  readonly ports: {
    readonly amqp: number;
    readonly amqps: number;
    readonly admin: number;
    /** Metrics for Prometheus, where it serves them. */
    readonly metrics: number;
  };
  readonly admin: RabbitmqAdmin;
  /** Starts it, for the first time or again, and waits until it answers. */
  start(): Promise<void>;
  /** Lets it end in order, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once, as a loss of power would. */
  kill(): Promise<void>;
  /**
   * Runs rabbitmqctl, which takes a second or two.
   *
   * @param args a command and its arguments
   * @returns what it printed
   */
  control(...args: readonly string[]): Promise<string>;
}

/** Lines of rabbitmq.conf that every broker for tests has. */
export const COMMON_CONFIG: readonly string[] = [
  // Queues count their messages ten times a second, not every five seconds.
  "collect_statistics_interval = 100",
  "log.file.level = info",
];

/**
 * Lines of rabbitmq.conf for TLS with certificates on both sides.
 *
 * @param address where to listen, as `address:port`, or a port
 * @param files paths as the broker sees them
 */
export function tlsConfig(address: string, files: BrokerCertificates): string[] {
  return [
    `listeners.ssl.default = ${address}`,
    `ssl_options.cacertfile = ${files.ca}`,
    `ssl_options.certfile = ${files.cert}`,
    `ssl_options.keyfile = ${files.key}`,
    "ssl_options.verify = verify_peer",
    "ssl_options.fail_if_no_peer_cert = true",
  ];
}
