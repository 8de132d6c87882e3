/**
 * Secrets that look like nothing else, in every setting that takes one and in requests, while all
 * kinds of things go wrong: none of them is in a log line, an answer, a metric or a page.
 *
 * @module
 */
import { parseSettings, permissionFlags, type Settings } from "@asya/program";
import { encodeRawCall } from "@asya/protocol";
import assert from "node:assert/strict";
import { settings as actorSettings } from "../../actors/config.ts";
import { s3Error, ScriptedS3 } from "../../actors/testing/scripted_s3.ts";
import { settings as gatewaySettings } from "../../gateway/config.ts";
import { settings as operatorSettings } from "../../operator/config.ts";
import { settings as sidecarSettings } from "../../sidecar/config.ts";
import {
  findPostgres,
  findRabbitmq,
  freePort,
  makeTempFolder,
  pathOf,
  type Program,
  type RunningProcess,
  secretsIn,
  SessionPeer,
  startProgram,
  type TempFolder,
  TokenIssuer,
  waitForSocket,
} from "../kit/mod.ts";

/** One for each place that takes a secret. In a URL, a password may have to be escaped. */
const SECRETS = {
  apiToken: "zyx-api-token-q7",
  adminToken: "zyx-admin-token-q7",
  internalToken: "zyx-internal-token-q7",
  internalTokenBefore: "zyx-internal-before-q7",
  databasePassword: "zyx@database/password-q7",
  brokerPassword: "zyx@broker:password-q7",
  brokerPasswordSetting: "zyx-broker-setting-q7",
  bucketPassword: "zyx@bucket:password-q7",
  bucketAccessKey: "zyx-bucket-access-q7",
  bucketSecretKey: "zyx-bucket-secret-q7",
  wrongToken: "zyx-wrong-token-q7",
  idempotencyKey: "zyx-idempotency-key-q7",
  query: "zyx-in-the-query-q7",
} as const;

/** What all of them have in common, also where they are escaped, and what any other text lacks. */
const MARK = /zyx(?:-|@|%40)[a-z-]|-q7\b/i;

const databaseUrl = (port: number, more = "") =>
  `postgres://ada:${encodeURIComponent(SECRETS.databasePassword)}@127.0.0.1:${port}/asya${more}`;
const brokerUrl = (port: number) =>
  `amqp://ada:${encodeURIComponent(SECRETS.brokerPassword)}@127.0.0.1:${port}/`;

const TOKENS = {
  ASYA_AUTH: "token",
  ASYA_API_TOKENS:
    `me=${SECRETS.apiToken},ops/jobs:admin+jobs:read+tools:call=${SECRETS.adminToken}`,
  ASYA_INTERNAL_TOKEN: SECRETS.internalToken,
  ASYA_INTERNAL_TOKEN_BEFORE: SECRETS.internalTokenBefore,
  ASYA_LOG_LEVEL: "DEBUG",
};

const BUCKET = {
  ASYA_S3_BUCKET: "papers",
  ASYA_S3_ACCESS_KEY: SECRETS.bucketAccessKey,
  ASYA_S3_SECRET_KEY: SECRETS.bucketSecretKey,
};

/** Everything that a program said to anybody. */
class Said {
  readonly #texts: string[] = [];

  /** Asks for something, and keeps everything of the answer but what was asked. */
  async ask(url: string, init: RequestInit = {}): Promise<void> {
    const response = await fetch(url, { redirect: "manual", ...init });
    this.#texts.push(...[...response.headers].flat(), await response.text());
  }

  assertNothing(process: RunningProcess, mark: RegExp): void {
    assert(process.lines.length > 0, `${process.name} wrote nothing`);
    for (const text of [...this.#texts, ...process.lines.map(({ text }) => text)]) {
      assert.doesNotMatch(text, mark);
    }
  }
}

async function start(folder: TempFolder, program: Program, env: Record<string, string>) {
  const port = freePort();
  const process = await startProgram(program, {
    cwd: folder.path,
    env: {
      ...(program === "gateway" && { ASYA_GATEWAY_PORT: String(port) }),
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ...env,
    },
  });
  return { process, url: `http://127.0.0.1:${port}` };
}

/** Starts happy-end as a mesh does. */
async function startTerminal(folder: TempFolder, env: Record<string, string>) {
  const permissions = JSON.parse(await Deno.readTextFile(pathOf("actors/permissions.json")));
  return await startProgram("runtime", {
    args: permissionFlags(permissions, env).filter((flag) => flag.startsWith("--allow-")),
    cwd: pathOf("actors"),
    env: {
      ASYA_HANDLER: "./happy_end.ts#HappyEnd.handle",
      ASYA_SOCKET_PATH: folder.at("happy_end.sock"),
      ...env,
    },
  });
}

/** Has happy-end handle a message; gives all that its sidecar is told. */
async function handleOne(folder: TempFolder): Promise<string> {
  await using peer = await SessionPeer.open(folder.at("happy_end.sock"));
  const message = { job_id: "j1", route: { steps: ["ocr"], current: 1 }, payload: {} };
  const raw = { body: JSON.stringify(message), encoding: "utf8", properties: {} } as const;
  await peer.send(encodeRawCall(1, raw, 60_000));
  return JSON.stringify(await peer.reply(1, 60_000));
}

/** Requests of all kinds, good, bad and forged, with a secret wherever one can be. */
async function askEverything(url: string, tokens: readonly string[]): Promise<Said> {
  const said = new Said();
  const paths = ["/", "/tools", "/jobs", "/jobs/unknown", "/nothing", "/metrics", "/openapi.json"];
  for (const token of [...tokens, SECRETS.wrongToken]) {
    const headers = {
      authorization: `Bearer ${token}`,
      "idempotency-key": SECRETS.idempotencyKey,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      cookie: `session=${SECRETS.query}`,
    };
    for (const path of paths) {
      await said.ask(url + path, { headers });
      await said.ask(`${url}${path}?access_token=${SECRETS.query}`);
    }
    await said.ask(`${url}/jobs`, { headers: { ...headers, origin: "https://evil.example" } });
    for (const scheme of ["Basic", "Bearer,", "bearer  "]) {
      await said.ask(`${url}/jobs`, { headers: { authorization: `${scheme} ${token} ${token}` } });
    }
    const rpc = { jsonrpc: "2.0", id: 1, method: "tools/call" };
    const bodies: [string, string][] = [
      ["/tools/call", JSON.stringify({ name: "echo", arguments: { message: "hello" } })],
      ["/tools/call", JSON.stringify({ name: "echo", arguments: {} })],
      ["/tools/call", JSON.stringify({ name: "no_such_tool" })],
      ["/tools/call", "{"],
      ["/mcp", JSON.stringify({ ...rpc, params: { name: "echo", arguments: { message: "hi" } } })],
      ["/mcp", "{"],
      ["/jobs/unknown/cancel", "{}"],
      ["/jobs/unknown/final", JSON.stringify({ status: "succeeded" })],
      ["/jobs/unknown/heartbeat", JSON.stringify({ actor_name: "a", status: "processing" })],
      ["/progress", JSON.stringify({ updates: [] })],
    ];
    for (const [path, body] of bodies) {
      await said.ask(url + path, { method: "POST", headers, body });
    }
  }
  return said;
}

const ALL_TOKENS = [
  SECRETS.apiToken,
  SECRETS.adminToken,
  SECRETS.internalToken,
  SECRETS.internalTokenBefore,
];

Deno.test({
  name: "[C2] secrets: every setting that takes one is tried here",
  permissions: "none",
  fn: () => {
    const tried = Object.keys({
      ...TOKENS,
      ASYA_DATABASE_URL: "",
      ASYA_RABBITMQ_URL: "",
      ASYA_RABBITMQ_PASSWORD: "",
      ...BUCKET,
      ASYA_S3_ENDPOINT: "",
    });
    const all: Settings[] = [gatewaySettings, sidecarSettings, actorSettings, operatorSettings];
    for (const settings of all) {
      for (const { env, secret, kind } of Object.values(settings)) {
        const isAddress = /ISSUER|JWKS|PUBLIC_URL|GATEWAY_URL|TELEMETRY_ENDPOINT/.test(env);
        if (secret || (kind === "url" && !isAddress)) assert(tried.includes(env), env);
      }
    }
  },
});

Deno.test("[C2] secrets: a gateway that works, and turns many away", async () => {
  await using folder = await makeTempFolder();
  const { process, url } = await start(folder, "gateway", {
    ...TOKENS,
    ASYA_DATABASE_URL: `sqlite:${folder.at("jobs.db")}`,
    ASYA_RATE_LIMIT: "40/s",
  });
  await using _ = process;
  await process.waitForLine("listening");
  const said = await askEverything(url, ALL_TOKENS);
  assert.equal((await process.stop()).code, 0);
  said.assertNothing(process, MARK);
  assert(process.lines.some(({ message }) => message === "a request was denied"));
});

Deno.test("[C2] secrets: a gateway that is told tokens of an authorization server", async () => {
  await using folder = await makeTempFolder();
  await using issuer = await TokenIssuer.start();
  await using stranger = await TokenIssuer.start();
  const { process, url } = await start(folder, "gateway", { ...TOKENS, ...issuer.env });
  await using _ = process;
  await process.waitForLine("listening");
  const scope = "jobs:read tools:call";
  const tokens = [
    await issuer.sign("me", { scope }),
    await issuer.sign("me", { exp: 1 }),
    await issuer.sign("me", { aud: SECRETS.query }),
    await stranger.sign("me", { iss: issuer.url, aud: issuer.audience }),
    "e30.e30.e30",
  ];
  const said = await askEverything(url, tokens);
  issuer.isAway = true;
  await said.ask(`${url}/jobs`, { headers: { authorization: `Bearer ${tokens[3]}` } });
  assert.equal((await process.stop()).code, 0);
  const signatures = tokens.slice(0, 4).map((token) => token.split(".").at(-1)).join("|");
  said.assertNothing(process, new RegExp(`${MARK.source}|${signatures}`));
});

Deno.test("[C2] secrets: settings that are wrong", async () => {
  await using folder = await makeTempFolder();
  const rows: [Program, Record<string, string>][] = [
    ["gateway", { ASYA_AUTH: "token", ASYA_API_TOKENS: SECRETS.apiToken }],
    ["gateway", { ASYA_AUTH: "token", ASYA_API_TOKENS: `me/jobs:eat=${SECRETS.apiToken}` }],
    ["gateway", { ...TOKENS, ASYA_INTERNAL_TOKEN: SECRETS.apiToken }],
    ["gateway", { ASYA_INTERNAL_TOKEN_BEFORE: SECRETS.internalTokenBefore }],
    ["gateway", { ASYA_DATABASE_URL: databaseUrl(1, `?password=${SECRETS.query}`) }],
    ["gateway", { ASYA_DATABASE_URL: databaseUrl(1, "?sslmode=sometimes") }],
    ["gateway", { ASYA_DATABASE_URL: databaseUrl(1).replace("postgres", "mysql") }],
    ["gateway", { ASYA_DATABASE_URL: databaseUrl(1).replace(":1/", ":x/") }],
    ["gateway", { ASYA_RABBITMQ_URL: brokerUrl(1).replace("amqp", "http") }],
    ["gateway", { ASYA_RABBITMQ_URL: brokerUrl(1), ASYA_TRANSPORT: "sqlite", ASYA_AUTH: "x" }],
    ["gateway", {
      ...TOKENS,
      ASYA_AUTH: "jwt",
      ASYA_JWT_ISSUER: "https://login.example",
      ASYA_JWT_AUDIENCE: "asya",
      ASYA_JWT_JWKS_URL: `https://ada:${SECRETS.query}@login.example/keys`,
    }],
    ["sidecar", { ASYA_RABBITMQ_URL: brokerUrl(1).replace("amqp", "http") }],
    ["operator", { ASYA_INTERNAL_TOKEN: SECRETS.internalToken }],
    ["sidecar", { ASYA_INTERNAL_TOKEN: SECRETS.internalToken, ASYA_ACTOR_NAME: "a b" }],
  ];
  for (const [program, env] of rows) {
    const { process } = await start(folder, program, env);
    await using _ = process;
    assert.equal((await process.ended()).code, 2, process.output);
    new Said().assertNothing(process, MARK);
  }
});

Deno.test("[C2] secrets: a database that is away, or lets nobody in", async () => {
  await using folder = await makeTempFolder();
  const postgres = await findPostgres();
  await using database = await postgres.createDatabase();
  const stranger = new URL(database.url);
  stranger.password = encodeURIComponent(SECRETS.databasePassword);
  for (const more of ["", "?sslmode=require"]) {
    const env = { ...TOKENS, ASYA_DATABASE_URL: databaseUrl(freePort(), more) };
    const { process, url } = await start(folder, "gateway", env);
    await using _ = process;
    await process.waitForLine("listening");
    await process.waitForLine("the database is away");
    const said = await askEverything(url, [SECRETS.adminToken]);
    assert.equal((await process.stop()).code, 0);
    said.assertNothing(process, MARK);
    assert.match(process.output, /a request failed/);
  }
  const env = { ...TOKENS, ASYA_DATABASE_URL: stranger.href };
  const { process } = await start(folder, "gateway", env);
  await using _ = process;
  assert.equal((await process.ended()).code, 1);
  new Said().assertNothing(process, MARK);
  assert.match(process.output, /password authentication/);
});

Deno.test("[C2] secrets: a broker that is away, or lets nobody in", async () => {
  await using folder = await makeTempFolder();
  const rabbitmq = await findRabbitmq();
  await using vhost = await rabbitmq.createVhost();
  const stranger = new URL(vhost.url);
  stranger.password = encodeURIComponent(SECRETS.brokerPassword);
  const { hostname, port } = stranger;
  const brokers: Record<string, string>[] = [
    { ASYA_RABBITMQ_URL: brokerUrl(freePort()) },
    { ASYA_RABBITMQ_URL: stranger.href },
    {
      ASYA_RABBITMQ_HOST: hostname,
      ASYA_RABBITMQ_PORT: port,
      ASYA_RABBITMQ_USERNAME: "ada",
      ASYA_RABBITMQ_PASSWORD: SECRETS.brokerPasswordSetting,
    },
  ];
  for (const env of brokers) {
    const gateway = await start(folder, "gateway", { ...TOKENS, ...env });
    await using _ = gateway.process;
    const sidecar = await start(folder, "sidecar", {
      ...env,
      ASYA_QUEUE_NAME: "step",
      ASYA_SOCKET_PATH: folder.at("app.sock"),
      ASYA_GATEWAY_URL: "http://127.0.0.1:1",
      ASYA_INTERNAL_TOKEN: SECRETS.internalToken,
      ASYA_METRICS_ADDR: `127.0.0.1:${freePort()}`,
      ASYA_LOG_LEVEL: "DEBUG",
    });
    await using __ = sidecar.process;
    for (const { process } of [gateway, sidecar]) {
      // A program that is refused at its start says so as it ends, in plain words.
      await process.waitForLine(({ text }) => /ECONNREFUSED|ACCESS[_-]REFUSED|refuse/.test(text));
      await process.stop();
      new Said().assertNothing(process, MARK);
    }
  }
});

Deno.test("[C2] secrets: a bucket that is away, or lets nobody in", async () => {
  await using folder = await makeTempFolder();
  await using s3 = new ScriptedS3(({ line, headers }) => {
    if (line.startsWith("HEAD")) return s3Error(404, "NotFound");
    const came = `${SECRETS.bucketAccessKey} came with ${headers.get("authorization")}`;
    return s3Error(403, "InvalidAccessKeyId", came);
  });
  const endpoints: readonly [string, RegExp][] = [
    [s3.endpoint, /InvalidAccessKeyId/],
    [`http://127.0.0.1:${freePort()}`, /no answer from/],
  ];
  for (const [endpoint, reason] of endpoints) {
    const env = { ...BUCKET, ASYA_S3_ENDPOINT: endpoint, ASYA_LOG_LEVEL: "DEBUG" };
    await using process = await startTerminal(folder, env);
    await waitForSocket(process, folder.at("happy_end.sock"));
    const said = await handleOne(folder);
    assert.match(said, reason);
    assert.doesNotMatch(said, MARK);
    new Said().assertNothing(process, MARK);
  }
  const password = encodeURIComponent(SECRETS.bucketPassword);
  const endpoint = s3.endpoint.replace("//", `//ada:${password}@`);
  await using process = await startTerminal(folder, { ...BUCKET, ASYA_S3_ENDPOINT: endpoint });
  await process.waitForLine(({ text }) => text.includes("ASYA_S3_ENDPOINT has a user in it"));
  new Said().assertNothing(process, MARK);
});

Deno.test({
  name: "[C2] secrets: the mark is in every one of them, and they are known as such",
  permissions: "none",
  fn: () => {
    for (const secret of Object.values(SECRETS)) {
      assert.match(secret, MARK);
      assert.match(encodeURIComponent(secret), MARK);
    }
    const env = { ...TOKENS, ASYA_DATABASE_URL: databaseUrl(1), ASYA_RABBITMQ_URL: brokerUrl(1) };
    for (const [name, secret] of Object.entries(SECRETS).slice(0, 6)) {
      assert(secretsIn(env).includes(secret), name);
    }
    assert.equal(parseSettings(gatewaySettings, { ...TOKENS }).ok, true);
  },
});
