import {
  boolean,
  bytes,
  choice,
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
import {
  JOIN_WAITS,
  type JoinWait,
  LATE_BRANCHES,
  type LateBranches,
  MAX_DELAY_MS,
  MAX_FAN_OUT,
  TERMINAL_QUEUES,
} from "@asya/protocol";

/** Folders that keys begin with. */
const prefix = {
  pattern: /^([A-Za-z0-9!_.*'()-]+\/)*$/,
  allowed: "folders, each with a slash at its end",
};

/** The settings of happy-end, error-end and joins; each reads those it needs. */
export const settings: {
  readonly gatewayUrl: Setting<string | undefined>;
  readonly internalToken: Setting<string | undefined>;
  readonly resultsDir: Setting<string | undefined>;
  readonly s3Bucket: Setting<string | undefined>;
  readonly s3Endpoint: Setting<string | undefined>;
  readonly s3Region: Setting<string | undefined>;
  readonly s3AccessKey: Setting<string | undefined>;
  readonly s3SecretKey: Setting<string | undefined>;
  readonly s3BasePrefix: Setting<string | undefined>;
  readonly s3ResultsPrefix: Setting<string | undefined>;
  readonly s3ErrorsPrefix: Setting<string | undefined>;
  readonly maxRetries: Setting<number>;
  readonly retryDelayBaseMs: Setting<number>;
  readonly reportsStack: Setting<boolean>;
  readonly deadLetterQueue: Setting<string>;
  readonly maxMessageBytes: Setting<number>;
  readonly databaseUrl: Setting<string | undefined>;
  readonly databaseCaFile: Setting<string | undefined>;
  readonly joinStatePath: Setting<string | undefined>;
  readonly joinKeepMs: Setting<number>;
  readonly joinQuorum: Setting<number | undefined>;
  readonly joinWait: Setting<JoinWait>;
  readonly joinTimeoutMs: Setting<number | undefined>;
  readonly joinLate: Setting<LateBranches>;
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
    doc:
      "the folder that outcomes are stored in; without it and without a bucket they are not kept",
  }),
  s3Bucket: text({
    env: "ASYA_S3_BUCKET",
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "3 to 63 of a-z 0-9 . -",
    doc: "the S3 bucket that outcomes are stored in",
  }),
  s3Endpoint: url({
    env: "ASYA_S3_ENDPOINT",
    protocols: ["http", "https"],
    doc: "an S3 server other than AWS, such as http://minio:9000",
  }),
  s3Region: text({
    env: "ASYA_S3_REGION",
    aliases: [{ env: "AWS_REGION" }],
    pattern: /^[a-z0-9-]+$/,
    allowed: "a region such as eu-west-1",
    doc: "the region of the bucket",
  }),
  s3AccessKey: text({
    env: "ASYA_S3_ACCESS_KEY",
    secret: true,
    doc:
      "who comes to the bucket; not set: what AWS' own chain finds, or minioadmin at an endpoint",
  }),
  s3SecretKey: text({
    env: "ASYA_S3_SECRET_KEY",
    secret: true,
    doc: "the secret of ASYA_S3_ACCESS_KEY",
  }),
  s3BasePrefix: text({
    env: "ASYA_S3_BASE_PREFIX",
    ...prefix,
    doc: "what keys begin with; not set: asya-results/ at happy-end, asya-errors/ at error-end",
  }),
  s3ResultsPrefix: text({
    env: "ASYA_S3_RESULTS_PREFIX",
    ...prefix,
    doc: "an older name of ASYA_S3_BASE_PREFIX, at happy-end",
  }),
  s3ErrorsPrefix: text({
    env: "ASYA_S3_ERRORS_PREFIX",
    ...prefix,
    doc: "an older name of ASYA_S3_BASE_PREFIX, at error-end",
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
  reportsStack: boolean({
    env: "ASYA_ERROR_REPORT_STACK",
    default: true,
    doc: "whether callers see the stack of a failure; dead letters and the store have it always",
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
  databaseUrl: url({
    env: "ASYA_DATABASE_URL",
    protocols: ["postgres", "postgresql", "sqlite"],
    doc:
      "where a join keeps the branches that wait for the others: postgres://USER:PASSWORD@HOST/" +
      "DATABASE for replicas anywhere, sqlite:PATH (a file of its own) for those on one machine",
  }),
  databaseCaFile: text({
    env: "ASYA_DATABASE_CA_FILE",
    doc:
      "PEM file: who may vouch for PostgreSQL over TLS; not set: the authorities that Deno knows",
  }),
  joinStatePath: text({
    env: "ASYA_JOIN_STATE_PATH",
    pattern: /^\//,
    allowed: "an absolute path",
    doc: "an older way to say ASYA_DATABASE_URL=sqlite:PATH",
  }),
  joinKeepMs: duration({
    env: "ASYA_JOIN_KEEP",
    default: "7d",
    doc: "how long a join remembers a fan-out; longer than its jobs may take",
  }),
  joinQuorum: integer({
    env: "ASYA_JOIN_QUORUM",
    min: 1,
    max: MAX_FAN_OUT,
    doc: "so many branches that end well are enough for a join; not set: all have to",
  }),
  joinWait: choice({
    env: "ASYA_JOIN_WAIT",
    choices: JOIN_WAITS,
    default: "quorum",
    doc: "until when a join waits: for its quorum, or for all branches to end, well or not",
  }),
  joinTimeoutMs: duration({
    env: "ASYA_JOIN_TIMEOUT",
    min: 1,
    max: MAX_DELAY_MS,
    doc: "the time from the first arrival after which a join goes on if it has its quorum, and " +
      "fails if not; not set: it waits for as long as the job may take",
  }),
  joinLate: choice({
    env: "ASYA_JOIN_LATE",
    choices: LATE_BRANCHES,
    default: "drop",
    doc: "what becomes of branches that come when a join has gone on: dropped and counted, or " +
      "dead-lettered",
  }),
});

/** What the settings say. */
export type ActorConfig = SettingsOf<typeof settings>;

/** Holds where outcomes go to AWS itself. */
const ON_AWS = "{?ASYA_S3_BUCKET}{!ASYA_S3_ENDPOINT}";

/** Holds where AWS' own chain finds the credentials. */
const BY_CHAIN = `${ON_AWS}{!ASYA_S3_ACCESS_KEY}`;

/** Where the chain asks beside AWS' hosts: roles of machines, of ECS tasks, of EKS pods. */
const CHAIN_HOSTS = [
  "169.254.169.254:80",
  "169.254.170.2:80",
  "169.254.170.23:80",
  "[fd00:ec2::23]:80",
];

/** Where the chain looks. */
const CHAIN_FILES = [
  ...["{HOME}/.aws", "{AWS_CONFIG_FILE}", "{AWS_SHARED_CREDENTIALS_FILE}"],
  ...["{AWS_WEB_IDENTITY_TOKEN_FILE}", "{AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}"],
];

/** What these handlers need of the system. */
export const permissions: PermissionTemplate = {
  env: [`${BY_CHAIN}AWS_*`, `${BY_CHAIN}HOME`],
  net: [
    "{ASYA_GATEWAY_URL}",
    "{ASYA_DATABASE_URL}",
    "{ASYA_S3_ENDPOINT}",
    `${ON_AWS}*.amazonaws.com:443`,
    `${ON_AWS}*.amazonaws.com.cn:443`,
    ...CHAIN_HOSTS.map((host) => `${BY_CHAIN}${host}`),
  ],
  // The client of S3 says on which system it runs, and knows a home by its user.
  sys: ["osRelease", "uid", "homedir"].map((fact) => `{?ASYA_S3_BUCKET}${fact}`),
  read: [
    "{ASYA_RESULTS_DIR}",
    "{ASYA_DATABASE_URL}",
    "{ASYA_DATABASE_CA_FILE}",
    "{ASYA_JOIN_STATE_PATH}",
    ...CHAIN_FILES.map((file) => `${BY_CHAIN}${file}`),
  ],
  write: ["{ASYA_RESULTS_DIR}", "{ASYA_DATABASE_URL}", "{ASYA_JOIN_STATE_PATH}"],
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
  const problems = findProblems(env);
  if (parsed.ok && problems.length === 0) return parsed.config;
  throw new TypeError(`the settings are wrong:\n${problems.join("\n")}`);
}

/**
 * Finds everything that is wrong with the settings of these handlers.
 *
 * @param env the environment variables
 * @returns the problems, one sentence each
 * @example
 * ```ts
 * import { findProblems } from "./config.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(findProblems({ ASYA_S3_ENDPOINT: "http://minio:9000" }), [
 *   "ASYA_S3_ENDPOINT is set, but ASYA_S3_BUCKET is not; allowed: both, or neither",
 * ]);
 * ```
 */
export function findProblems(env: Environment): string[] {
  const parsed = parseSettings(settings, env);
  return [...parsed.ok ? [] : parsed.problems, ...checkTogether(env)];
}

/** Of the two prefixes that there were before, the one that an actor had. */
export type OlderPrefix = "s3ResultsPrefix" | "s3ErrorsPrefix";

/**
 * What the settings of a terminal actor draw attention to: older names, one sentence each.
 *
 * @param env the environment variables
 * @param older the prefix that this actor had
 * @example
 * ```ts
 * import { findNotices } from "./config.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(findNotices({ ASYA_S3_RESULTS_PREFIX: "done/" }, "s3ResultsPrefix"), [
 *   "ASYA_S3_RESULTS_PREFIX is an older name; please set ASYA_S3_BASE_PREFIX instead",
 * ]);
 * assert.deepEqual(findNotices({ ASYA_S3_RESULTS_PREFIX: "done/" }, "s3ErrorsPrefix"), []);
 * ```
 */
export function findNotices(env: Environment, older: OlderPrefix): string[] {
  // The host of an actor has told of unknown names already.
  const { notices } = parseSettings(settings, env, Object.keys(env));
  const name = settings[older].env;
  const { env: today } = settings.s3BasePrefix;
  if (!env[name]?.trim()) return [...notices];
  const notice = env[today]?.trim()
    ? `${name} is ignored, since ${today} is set`
    : `${name} is an older name; please set ${today} instead`;
  return [...notices, notice];
}

/** What is wrong with settings that each may be right: some exclude others, some need them. */
function checkTogether(env: Environment): string[] {
  const isSet = ({ env: name }: Setting<unknown>) => Boolean(env[name]?.trim());
  const either = (one: Setting<unknown>, other: Setting<unknown>) =>
    isSet(one) && isSet(other) ? [`${one.env} and ${other.env} are set; allowed: one of them`] : [];
  const needs = (one: Setting<unknown>, other: Setting<unknown>) =>
    isSet(one) && !isSet(other)
      ? [`${one.env} is set, but ${other.env} is not; allowed: both, or neither`]
      : [];
  const { env: endpointName } = settings.s3Endpoint;
  const endpoint = URL.parse(env[endpointName] ?? "");
  return [
    ...endpoint?.username || endpoint?.password
      ? [`${endpointName} has a user in it; allowed: a URL without, and the two keys`]
      : [],
    ...either(settings.s3Bucket, settings.resultsDir),
    ...needs(settings.s3Endpoint, settings.s3Bucket),
    ...needs(settings.s3AccessKey, settings.s3SecretKey),
    ...needs(settings.s3SecretKey, settings.s3AccessKey),
    ...either(settings.databaseUrl, settings.joinStatePath),
  ];
}
