/** Where a broker is, and who comes to it. */
export interface BrokerAddress {
  /** `amqps` is AMQP over TLS. */
  readonly protocol: "amqp" | "amqps";
  /** A name or an IP address, an IPv6 one without brackets. */
  readonly hostname: string;
  /** The port of that host. */
  readonly port: number;
  /** Who comes. */
  readonly username: string;
  /** The password of whoever comes. */
  readonly password: string;
  /** The vhost, not percent-encoded. */
  readonly vhost: string;
  /** Seconds without a sign of life after which a side counts as dead, and again so many. */
  readonly heartbeatS: number;
}

/** An address as it is set: a URL, its parts, or a URL with parts that it leaves out. */
export interface AddressParts {
  /** `amqp://user:password@host:port/vhost?heartbeat=10`, or `amqps:`; all parts may be absent. */
  readonly url?: string | undefined;
  /** A name or an IP address; counts more than the URL's, as all that follow do. */
  readonly host?: string | undefined;
  /** The port of that host. */
  readonly port?: number | undefined;
  /** Who comes. */
  readonly username?: string | undefined;
  /** The password of whoever comes. */
  readonly password?: string | undefined;
  /** The vhost, not percent-encoded. */
  readonly vhost?: string | undefined;
}

/** A dead peer is noticed after two to three of these; RabbitMQ itself suggests a minute. */
const DEFAULT_HEARTBEAT_S = 10;

/** The longest that AMQP can say. */
const MAX_HEARTBEAT_S = 65_535;

/**
 * Makes an address: a part that is given counts more than the URL's, and what is in neither is
 * RabbitMQ's own default. The URL is read as https://www.rabbitmq.com/docs/uri-spec says, but an
 * empty vhost is `/`, as in every client that people know.
 *
 * @param parts what is known
 * @example
 * ```ts
 * import { createAddress } from "./broker_address.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(createAddress({ url: "amqps://broker/prod", username: "me", password: "s" }), {
 *   protocol: "amqps",
 *   hostname: "broker",
 *   port: 5671,
 *   username: "me",
 *   password: "s",
 *   vhost: "prod",
 *   heartbeatS: 10,
 * });
 * ```
 */
export function createAddress(parts: AddressParts): BrokerAddress {
  const url = URL.parse(parts.url ?? "amqp:");
  const protocol = url?.protocol === "amqps:" ? "amqps" : "amqp";
  const heartbeat = url?.searchParams.get("heartbeat") ?? "";
  const isHeartbeat = /^\d+$/.test(heartbeat) && Number(heartbeat) <= MAX_HEARTBEAT_S;
  return {
    protocol,
    hostname: parts.host ?? (url?.hostname.replace(/^\[|\]$/g, "") || "localhost"),
    port: parts.port ?? (Number(url?.port) || (protocol === "amqps" ? 5671 : 5672)),
    username: parts.username ?? (decode(url?.username) || "guest"),
    password: parts.password ?? (decode(url?.password) || "guest"),
    vhost: parts.vhost ?? (decode(url?.pathname.slice(1)) || "/"),
    heartbeatS: isHeartbeat ? Number(heartbeat) : DEFAULT_HEARTBEAT_S,
  };
}

/**
 * Names a broker for people, without the password.
 *
 * @param address the broker
 */
export function describeAddress(
  { protocol, hostname, port, username, vhost }: BrokerAddress,
): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${protocol}://${encodeURIComponent(username)}@${host}:${port}/${
    encodeURIComponent(vhost)
  }`;
}

/** What percent signs stand for; a lone one stands for itself. */
function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
