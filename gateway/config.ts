import {
  boolean,
  bytes,
  choice,
  defineSettings,
  duration,
  integer,
  list,
  logSettings,
  type PermissionTemplate,
  retired,
  type SettingsOf,
  text,
  url,
} from "@asya/program";
import { isPostgresUrl, parseDatabaseUrl } from "@asya/program/postgres";
import { TERMINAL_QUEUES } from "@asya/protocol";
import { checkTransport, transportPermissions, transportSettings } from "@asya/transport";
import { type ApiToken, parseApiToken } from "./auth/access.ts";
import type { JwtRules } from "./auth/jwt.ts";

/** Everything that a gateway is told from outside. */
export const settings = defineSettings({
  ...logSettings,
  ...transportSettings,
  port: integer({
    env: "ASYA_GATEWAY_PORT",
    default: 8080,
    min: 0,
    max: 65_535,
    doc: "the port to listen on; 0 takes a free one",
  }),
  host: text({
    env: "ASYA_GATEWAY_HOST",
    default: "127.0.0.1",
    pattern: /^[A-Za-z0-9.:-]+$/,
    allowed: "a name or an IP address",
    doc: "the address to listen on; 0.0.0.0 is every one of this machine",
  }),
  databaseUrl: url({
    env: "ASYA_DATABASE_URL",
    protocols: ["postgres", "postgresql", "sqlite", "memory"],
    doc: "where jobs are kept: postgres://USER:PASSWORD@HOST/DATABASE for any number of gateways " +
      "(?sslmode=verify-full and the like), sqlite:PATH for one, memory: until it ends (if not set)",
  }),
  databaseCaFile: text({
    env: "ASYA_DATABASE_CA_FILE",
    doc:
      "PEM file: who may vouch for PostgreSQL over TLS; not set: the authorities that Deno knows",
  }),
  databasePoolSize: integer({
    env: "ASYA_DATABASE_POOL_SIZE",
    default: 8,
    min: 2,
    max: 100,
    doc: "connections to PostgreSQL for the work of this gateway; one more is kept for notices",
  }),
  configPath: text({
    env: "ASYA_CONFIG_PATH",
    doc: "the tools: a YAML file, or a folder of them; not set: the one built-in tool echo",
  }),
  jobTtlMs: duration({
    env: "ASYA_JOB_TTL",
    default: "7d",
    min: 1_000,
    doc: "how long finished jobs are kept",
  }),
  deadLetterQueue: text({
    env: "ASYA_DLQ_NAME",
    default: TERMINAL_QUEUES.deadLetter,
    doc: "the queue for what was given up, whose letters can be read, replayed and purged",
  }),
  memoryMaxJobs: integer({
    env: "ASYA_MEMORY_MAX_JOBS",
    default: 100_000,
    min: 1,
    doc: "how many jobs are kept in memory, finished ones included; further calls are refused",
  }),
  memoryMaxBytes: bytes({
    env: "ASYA_MEMORY_MAX_BYTES",
    default: "256MiB",
    min: 1_024,
    doc: "how much memory the payloads, results and updates of jobs that are kept in memory may " +
      "take, roughly; beyond it further calls are refused, reports are taken",
  }),
  maxBodyBytes: bytes({
    env: "ASYA_MAX_BODY_BYTES",
    default: "4MiB",
    min: 1_024,
    max: 512 * 1_024 * 1_024,
    doc: "the largest body of a request, results of actors aside",
  }),
  auth: choice({
    env: "ASYA_AUTH",
    choices: ["none", "token", "jwt"],
    default: "none",
    doc:
      "how callers are known: not at all, by a bearer token of ASYA_API_TOKENS, or by one of an " +
      "authorization server, the ASYA_JWT_ settings",
  }),
  apiTokens: list({
    env: "ASYA_API_TOKENS",
    secret: true,
    pattern: /^[^/=\s]+(\/[^=\s]*)?=\S+$/,
    allowed: "name=token or name/scope+scope=token",
    doc: "who may call; without scopes jobs:read and tools:call, jobs:admin sees the jobs of all",
  }),
  jwtIssuer: url({
    env: "ASYA_JWT_ISSUER",
    protocols: ["https", "http"],
    doc: "the authorization server whose tokens are accepted, as the iss of its tokens has it",
  }),
  jwtAudience: list({
    env: "ASYA_JWT_AUDIENCE",
    doc:
      "whom tokens must be meant for: the gateway as the authorization server knows it, the aud " +
      "of its tokens; one of these is enough",
  }),
  jwksUrl: url({
    env: "ASYA_JWT_JWKS_URL",
    protocols: ["https", "http"],
    doc: "where the authorization server publishes the keys of its tokens, its jwks_uri",
  }),
  jwtClockToleranceMs: duration({
    env: "ASYA_JWT_CLOCK_TOLERANCE",
    default: "30s",
    max: 5 * 60_000,
    doc: "how far the clocks of authorization server and gateway may be apart",
  }),
  internalToken: text({
    env: "ASYA_INTERNAL_TOKEN",
    secret: true,
    doc: "the token that actors show when they report; not set: whoever reports is believed",
  }),
  internalTokenBefore: text({
    env: "ASYA_INTERNAL_TOKEN_BEFORE",
    secret: true,
    doc: "a further token that actors may show, while they change over to ASYA_INTERNAL_TOKEN",
  }),
  rateLimit: text({
    env: "ASYA_RATE_LIMIT",
    pattern: /^0*[1-9]\d{0,8}\/[smh]$/,
    allowed: "a number of requests per s, m or h, such as 100/s or 600/m",
    doc: "how many requests each caller may make, at once or in that time; not set: any number",
  }),
  maxStreamsOfCaller: integer({
    env: "ASYA_MAX_STREAMS_PER_CALLER",
    min: 1,
    doc: "how many streams of jobs each caller may have open, and how many of notices over MCP; " +
      "not set: any number of jobs, 1000 of notices",
  }),
  trustedProxies: integer({
    env: "ASYA_TRUSTED_PROXIES",
    default: 0,
    min: 0,
    max: 10,
    doc:
      "how many proxies in front of the gateway append to X-Forwarded-For; 0: it is not believed",
  }),
  allowedHosts: list({
    env: "ASYA_ALLOWED_HOSTS",
    doc: "further names, without ports, under which browsers may reach the gateway",
  }),
  publicUrl: url({
    env: "ASYA_PUBLIC_URL",
    protocols: ["http", "https"],
    doc: "the gateway's URL as callers know it; not set: as each request has it",
  }),
  traceUrl: text({
    env: "ASYA_TRACE_URL",
    pattern: /^https?:\/\/\S*\{trace_id\}\S*$/,
    allowed: "an http or https URL with {trace_id} in it",
    doc: "where people look at traces, with {trace_id} in the trace's place: pages of jobs whose " +
      "trace is recorded lead there",
  }),
  jobTool: boolean({
    env: "ASYA_JOB_TOOL",
    default: true,
    doc: "whether the built-in tool asya_job is there, by which callers follow their jobs",
  }),
  rabbitmqPoolSize: retired({
    env: "ASYA_RABBITMQ_POOL_SIZE",
    doc: "one channel carries any number of messages at a time",
  }),
  shutdownGraceMs: duration({
    env: "ASYA_SHUTDOWN_GRACE",
    default: "25s",
    max: 24 * 3_600_000,
    doc: "how long the work in hand may take after a signal",
  }),
});

/** The values of a gateway's settings. */
export type Config = SettingsOf<typeof settings>;

/**
 * What a gateway needs of the system.
 *
 * V8 is told not to let its heap grow to several times what is in use before it is looked through:
 * where jobs are kept in memory, they are deleted all the time. docs/performance.md has what it saves.
 */
export const permissions: PermissionTemplate = {
  v8: ["--heap-growing-percent=50"],
  net: [
    ...transportPermissions.net,
    "{ASYA_GATEWAY_HOST}:{ASYA_GATEWAY_PORT}",
    "{ASYA_DATABASE_URL}",
    "{ASYA_JWT_JWKS_URL}",
  ],
  read: [
    ...transportPermissions.read,
    "{ASYA_DATABASE_URL}",
    "{ASYA_DATABASE_CA_FILE}",
    "{ASYA_CONFIG_PATH}",
  ],
  write: [...transportPermissions.write, "{ASYA_DATABASE_URL}"],
};

/**
 * The tokens of the settings, as values.
 *
 * @param config the settings' values
 */
export function apiTokensOf(config: Pick<Config, "apiTokens">): ApiToken[] {
  return (config.apiTokens ?? []).map(parseApiToken).filter((token) => token !== undefined);
}

/**
 * The tokens that actors may show, by their settings; none where every report is believed.
 *
 * @param config the settings' values
 */
export function internalTokensOf(
  { internalToken, internalTokenBefore }: Pick<Config, "internalToken" | "internalTokenBefore">,
): Readonly<Record<string, string>> {
  return {
    ...(internalToken !== undefined && { ASYA_INTERNAL_TOKEN: internalToken }),
    ...(internalTokenBefore !== undefined && { ASYA_INTERNAL_TOKEN_BEFORE: internalTokenBefore }),
  };
}

/**
 * What tokens of an authorization server are checked against, where they are accepted.
 *
 * @param config the settings' values
 */
export function jwtRulesOf(config: Config): (JwtRules & { readonly jwksUrl: string }) | undefined {
  const { auth, jwtIssuer: issuer, jwtAudience: audiences = [], jwksUrl } = config;
  if (auth !== "jwt" || issuer === undefined || jwksUrl === undefined) return undefined;
  return { issuer, audiences, jwksUrl, clockToleranceMs: config.jwtClockToleranceMs };
}

/** What is wrong with the settings for tokens of an authorization server, one sentence each. */
function checkJwt(config: Config): string[] {
  if (config.auth !== "jwt") return [];
  const needed = {
    ASYA_JWT_ISSUER: config.jwtIssuer,
    ASYA_JWT_AUDIENCE: config.jwtAudience?.length ? config.jwtAudience : undefined,
    ASYA_JWT_JWKS_URL: config.jwksUrl,
  };
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  const keys = URL.parse(config.jwksUrl ?? "");
  return [
    ...missing.map(([name]) => `${name} is not set; it is required where ASYA_AUTH is jwt`),
    ...keys?.username || keys?.password
      ? ["ASYA_JWT_JWKS_URL has a user in it; allowed: a URL that needs none"]
      : [],
  ];
}

/** What is wrong with the database's address, one sentence each. */
function checkDatabase({ databaseUrl, databaseCaFile }: Config): string[] {
  if (!isPostgresUrl(databaseUrl)) {
    if (databaseCaFile === undefined) return [];
    return ["ASYA_DATABASE_CA_FILE is set; allowed: with a postgres: URL in ASYA_DATABASE_URL"];
  }
  const parsed = parseDatabaseUrl(databaseUrl);
  if (!parsed.ok) return parsed.problems.map((problem) => `ASYA_DATABASE_URL: ${problem}`);
  if (parsed.address.sslMode !== "disable" || databaseCaFile === undefined) return [];
  return ["ASYA_DATABASE_CA_FILE is set, but sslmode is disable; allowed: any other sslmode"];
}

/**
 * Finds problems that concern several settings together.
 *
 * @param config the values
 * @returns one sentence each; none shows a token
 */
export function checkConfig(config: Config): string[] {
  const problems = [...checkTransport(config), ...checkDatabase(config), ...checkJwt(config)];
  const given = config.apiTokens?.length ?? 0;
  if (config.auth === "token" && given === 0) {
    problems.push("ASYA_AUTH is token, but ASYA_API_TOKENS is not set; allowed: at least one");
  }
  const tokens = apiTokensOf(config);
  if (tokens.length < given) {
    problems.push(
      "ASYA_API_TOKENS names a scope that there is not; allowed: jobs:read, tools:call, jobs:admin",
    );
  }
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) {
    problems.push("ASYA_API_TOKENS has the same token twice; allowed: one entry for each token");
  }
  for (const [name, token] of Object.entries(internalTokensOf(config))) {
    if (!tokens.some((other) => other.token === token)) continue;
    problems.push(`${name} is also in ASYA_API_TOKENS; allowed: two different ones`);
  }
  if (config.internalTokenBefore !== undefined && config.internalToken === undefined) {
    problems.push(
      "ASYA_INTERNAL_TOKEN_BEFORE is set; allowed: together with ASYA_INTERNAL_TOKEN",
    );
  }
  return problems;
}
