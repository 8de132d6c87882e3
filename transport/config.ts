import { bytes, choice, duration, integer, type Setting, text, url } from "@asya/program/setting";
import type { QueueType } from "./rabbitmq/queue_arguments.ts";

export type { Alias, Implication, Parsed, Setting } from "@asya/program/setting";

/** What every program that has a transport needs to know. */
export interface TransportConfig {
  /** The kind of broker. */
  readonly transport: "rabbitmq" | "sqlite" | "memory";
  /** RabbitMQ's URL. */
  readonly rabbitmqUrl: string | undefined;
  /** RabbitMQ's host, in the URL's place. */
  readonly rabbitmqHost: string | undefined;
  /** The port of that host. */
  readonly rabbitmqPort: number;
  /** Who comes to RabbitMQ; counts more than the URL's. */
  readonly rabbitmqUsername: string | undefined;
  /** The password; counts more than the URL's. */
  readonly rabbitmqPassword: string | undefined;
  /** The vhost; counts more than the URL's. */
  readonly rabbitmqVhost: string | undefined;
  /** A PEM file: who may vouch for the broker. */
  readonly rabbitmqCaFile: string | undefined;
  /** A PEM file: our own certificate. */
  readonly rabbitmqCertFile: string | undefined;
  /** A PEM file: the key of our certificate. */
  readonly rabbitmqKeyFile: string | undefined;
  /** The exchange that every message is published to. */
  readonly rabbitmqExchange: string;
  /** The type of queues that are made. */
  readonly rabbitmqQueueType: QueueType;
  /** The file with the queues, for the sqlite transport. */
  readonly sqlitePath: string;
  /** How long to wait for a queue that does not exist yet. */
  readonly routeWaitMs: number;
  /** The largest message that may be published. */
  readonly maxMessageBytes: number;
}

/** What programs that take messages from a queue need to know besides. */
export interface ConsumerConfig {
  /** Messages worked on at a time. */
  readonly prefetch: number;
  /** Which missing queues to create. */
  readonly queueCreate: "own" | "all" | "none";
}

/** One setting for each value of `C`, by its name. */
export type SettingsFor<C> = { readonly [K in keyof C]: Setting<C[K]> };

/** The settings of every program that has a transport; spread them into its schema. */
export const transportSettings: SettingsFor<TransportConfig> = {
  transport: choice({
    env: "ASYA_TRANSPORT",
    choices: ["rabbitmq", "sqlite", "memory"],
    default: "sqlite",
    impliedBy: ["ASYA_RABBITMQ_URL", "ASYA_RABBITMQ_HOST"].map((env) => ({
      env,
      text: "rabbitmq",
    })),
    doc: "the broker: rabbitmq (also where its URL or host is set), sqlite (one file for all " +
      "processes of a machine), or memory, which ends with the process",
  }),
  rabbitmqUrl: url({
    env: "ASYA_RABBITMQ_URL",
    protocols: ["amqp", "amqps"],
    doc: "where RabbitMQ is, such as amqp://guest:guest@localhost:5672/; amqps: is over TLS, " +
      "?heartbeat=30 is another than 10 seconds",
  }),
  rabbitmqHost: text({
    env: "ASYA_RABBITMQ_HOST",
    pattern: /^[A-Za-z0-9._:-]+$/,
    allowed: "a name or an IP address",
    doc: "RabbitMQ's host, instead of a URL",
  }),
  rabbitmqPort: integer({
    env: "ASYA_RABBITMQ_PORT",
    default: 5672,
    min: 1,
    max: 65_535,
    doc: "the port of ASYA_RABBITMQ_HOST",
  }),
  rabbitmqUsername: text({
    env: "ASYA_RABBITMQ_USERNAME",
    doc: "who comes to RabbitMQ; not set: the URL's, or guest",
  }),
  rabbitmqPassword: text({
    env: "ASYA_RABBITMQ_PASSWORD",
    secret: true,
    doc: "the password; not set: the URL's, or guest",
  }),
  rabbitmqVhost: text({
    env: "ASYA_RABBITMQ_VHOST",
    doc: "the vhost, as it is called (not percent-encoded); not set: the URL's, or /",
  }),
  rabbitmqCaFile: text({
    env: "ASYA_RABBITMQ_CA_FILE",
    doc:
      "PEM file: who may vouch for RabbitMQ over TLS; not set: the authorities that Deno knows, " +
      "which DENO_TLS_CA_STORE chooses",
  }),
  rabbitmqCertFile: text({
    env: "ASYA_RABBITMQ_CERT_FILE",
    doc: "PEM file: our own certificate, for a RabbitMQ that asks for one",
  }),
  rabbitmqKeyFile: text({
    env: "ASYA_RABBITMQ_KEY_FILE",
    doc: "PEM file: the key of our own certificate",
  }),
  rabbitmqExchange: text({
    env: "ASYA_RABBITMQ_EXCHANGE",
    default: "asya",
    pattern: /^(?!amq\.)[A-Za-z0-9._:-]{1,200}$/,
    allowed: "up to 200 letters, digits and . _ : -, not beginning with amq.",
    doc: "the topic exchange that every message goes through",
  }),
  rabbitmqQueueType: choice({
    env: "ASYA_RABBITMQ_QUEUE_TYPE",
    choices: ["classic", "quorum"],
    default: "classic",
    doc: "the type of queues that are made; quorum queues outlive the loss of a node",
  }),
  sqlitePath: text({
    env: "ASYA_SQLITE_PATH",
    default: ".asya/queues.db",
    doc: "the file with the queues, for the sqlite transport",
  }),
  routeWaitMs: duration({
    env: "ASYA_ROUTE_WAIT",
    default: "30s",
    doc: "how long to wait for a queue that does not exist yet",
  }),
  maxMessageBytes: bytes({
    env: "ASYA_MAX_MESSAGE_BYTES",
    default: "16MiB",
    min: 1_024,
    max: 512 * 1_024 * 1_024,
    doc: "the largest message that may be published; the broker's own limit must not be lower",
  }),
};

/** The settings of programs that take messages from a queue; spread them into their schema. */
export const consumerSettings: SettingsFor<ConsumerConfig> = {
  prefetch: integer({
    env: "ASYA_RABBITMQ_PREFETCH",
    default: 1,
    min: 1,
    max: 65_535,
    doc: "messages worked on at a time, with any transport; order is kept only at 1",
  }),
  queueCreate: choice({
    env: "ASYA_QUEUE_CREATE",
    choices: ["own", "all", "none"],
    default: "own",
    doc:
      "which missing queues to create: its own and the terminal ones, every next step's too, none",
  }),
};

/**
 * What a transport needs of the system, in the form of a program's permission template.
 *
 * SQLite opens `-wal` and `-shm` beside its file under the permission for the file; the folder
 * `-bells` is how processes wake each other. The folder around them is made only where that is
 * permitted too.
 */
export const transportPermissions: Readonly<
  Record<"net" | "read" | "write", readonly string[]>
> = {
  net: ["{ASYA_RABBITMQ_URL}", "{ASYA_RABBITMQ_HOST}:{ASYA_RABBITMQ_PORT}"],
  read: [
    "{ASYA_SQLITE_PATH}",
    "{ASYA_SQLITE_PATH}-bells",
    "{ASYA_RABBITMQ_CA_FILE}",
    "{ASYA_RABBITMQ_CERT_FILE}",
    "{ASYA_RABBITMQ_KEY_FILE}",
  ],
  write: ["{ASYA_SQLITE_PATH}", "{ASYA_SQLITE_PATH}-bells"],
};

/**
 * Finds problems that concern several settings of a transport together.
 *
 * @param config the values of `transportSettings`
 * @returns one sentence each
 */
export function checkTransport(config: TransportConfig): string[] {
  const { transport, rabbitmqUrl, rabbitmqHost, rabbitmqCertFile, rabbitmqKeyFile } = config;
  const problems: string[] = [];
  if (rabbitmqHost !== undefined && rabbitmqUrl !== undefined) {
    problems.push("ASYA_RABBITMQ_URL and ASYA_RABBITMQ_HOST are both set; allowed: one of them");
  }
  if (transport === "rabbitmq" && rabbitmqHost === undefined && rabbitmqUrl === undefined) {
    problems.push(
      "ASYA_TRANSPORT is rabbitmq, but neither ASYA_RABBITMQ_URL nor ASYA_RABBITMQ_HOST is set; " +
        "allowed: one of them, such as amqp://guest:guest@localhost:5672/",
    );
  }
  if (rabbitmqUrl !== undefined && URL.parse(rabbitmqUrl)?.hostname === "") {
    problems.push("ASYA_RABBITMQ_URL names no host; allowed: such as amqp://rabbitmq:5672/");
  }
  if ((rabbitmqCertFile === undefined) !== (rabbitmqKeyFile === undefined)) {
    const [is, isNot] = rabbitmqCertFile === undefined ? ["KEY", "CERT"] : ["CERT", "KEY"];
    problems.push(
      `ASYA_RABBITMQ_${is}_FILE is set and ASYA_RABBITMQ_${isNot}_FILE is not; ` +
        "allowed: both or neither",
    );
  }
  const isPlain = !rabbitmqUrl?.startsWith("amqps:");
  if (isPlain && (config.rabbitmqCaFile ?? rabbitmqCertFile ?? rabbitmqKeyFile) !== undefined) {
    problems.push(
      "certificates for RabbitMQ are set, but the connection is not over TLS; " +
        "allowed: with an ASYA_RABBITMQ_URL that begins with amqps:",
    );
  }
  return problems;
}
