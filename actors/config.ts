import {
  bytes,
  defineSettings,
  duration,
  type Environment,
  integer,
  parseSettings,
  type PermissionTemplate,
  type Setting,
  type SettingsOf,
  text,
  url,
} from "@asya/program";
import { TERMINAL_QUEUES } from "@asya/protocol";

/** The settings of happy-end, error-end and joins; each reads those it needs. */
export const settings: {
  readonly gatewayUrl: Setting<string | undefined>;
  readonly internalToken: Setting<string | undefined>;
  readonly resultsDir: Setting<string | undefined>;
  readonly maxRetries: Setting<number>;
  readonly retryDelayBaseMs: Setting<number>;
  readonly deadLetterQueue: Setting<string>;
  readonly maxMessageBytes: Setting<number>;
  readonly joinStatePath: Setting<string | undefined>;
  readonly joinKeepMs: Setting<number>;
} = defineSettings({
  gatewayUrl: url({
    env: "ASYA_GATEWAY_URL",
    protocols: ["http", "https"],
    doc: "the gateway that is told how jobs end; not set: nobody is told",
  }),
  internalToken: text({
    env: "ASYA_INTERNAL_TOKEN",
    secret: true,
    doc: "what the gateway knows its own actors by",
  }),
  resultsDir: text({
    env: "ASYA_RESULTS_DIR",
    pattern: /^\//,
    allowed: "an absolute path",
    doc: "the folder that outcomes are stored in; not set: they are not stored",
  }),
  maxRetries: integer({
    env: "ASYA_ERROR_MAX_RETRIES",
    default: 3,
    min: 0,
    max: 1_000,
    doc: "how often error-end has failed work tried again",
  }),
  retryDelayBaseMs: duration({
    env: "ASYA_ERROR_RETRY_DELAY_BASE",
    default: "5s",
    doc: "the wait before the first retry; each further one is twice as long",
  }),
  deadLetterQueue: text({
    env: "ASYA_DLQ_NAME",
    default: TERMINAL_QUEUES.deadLetter,
    doc: "the queue for what is given up",
  }),
  maxMessageBytes: bytes({
    env: "ASYA_MAX_MESSAGE_BYTES",
    default: "16MiB",
    min: 1_024,
    doc: "the largest body that a queue takes",
  }),
  joinStatePath: text({
    env: "ASYA_JOIN_STATE_PATH",
    pattern: /^\//,
    allowed: "an absolute path",
    doc: "the SQLite file in which a join keeps the branches that wait for the others",
  }),
  joinKeepMs: duration({
    env: "ASYA_JOIN_KEEP",
    default: "7d",
    doc: "how long a join remembers a fan-out",
  }),
});

/** What the settings say. */
export type ActorConfig = SettingsOf<typeof settings>;

/** What these handlers need of the system. */
export const permissions: PermissionTemplate = {
  net: ["{ASYA_GATEWAY_URL}"],
  read: ["{ASYA_RESULTS_DIR}", "{ASYA_JOIN_STATE_PATH}"],
  write: ["{ASYA_RESULTS_DIR}", "{ASYA_JOIN_STATE_PATH}"],
};

/**
 * Reads the settings of these handlers from the environment of their host.
 *
 * @param env the environment variables
 * @throws TypeError with every problem, one a line
 * @example
 * ```ts
 * import { readActorConfig } from "./config.ts";
 * import assert from "node:assert/strict";
 * assert.equal(readActorConfig({ ASYA_ERROR_MAX_RETRIES: "5" }).maxRetries, 5);
 * assert.throws(() => readActorConfig({ ASYA_ERROR_MAX_RETRIES: "many" }), TypeError);
 * ```
 */
export function readActorConfig(env: Environment): ActorConfig {
  const parsed = parseSettings(settings, env);
  if (parsed.ok) return parsed.config;
  throw new TypeError(`the settings are wrong:\n${parsed.problems.join("\n")}`);
}
