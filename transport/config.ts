import { bytes, choice, duration, integer, type Setting, text } from "@asya/program/setting";

export type { Alias, Parsed, Setting } from "@asya/program/setting";

/** What every program that has a transport needs to know. */
export interface TransportConfig {
  /** The broker. */
  readonly transport: "sqlite" | "memory";
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
    choices: ["sqlite", "memory"],
    default: "sqlite",
    doc:
      "the broker: sqlite is one file for all processes of a machine, memory ends with a process",
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
    doc: "the largest message that may be published",
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
export const transportPermissions: Readonly<Record<"read" | "write", readonly string[]>> = {
  read: ["{ASYA_SQLITE_PATH}", "{ASYA_SQLITE_PATH}-bells"],
  write: ["{ASYA_SQLITE_PATH}", "{ASYA_SQLITE_PATH}-bells"],
};
