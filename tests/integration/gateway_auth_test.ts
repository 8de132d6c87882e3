import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import {
  freePort,
  makeTempFolder,
  poll,
  type RunningProcess,
  startProgram,
  type TempFolder,
  TokenIssuer,
} from "../kit/mod.ts";

const TOOLS = "tools: [{ name: scan, route: [ocr], timeout: 600 }]";

interface Started {
  readonly process: RunningProcess;
  readonly url: string;
}

/** A gateway that accepts the tokens of an issuer for its own `/mcp`. */
async function start(
  folder: TempFolder,
  issuer: TokenIssuer,
  more: Record<string, string> = {},
): Promise<Started> {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = await startProgram("gateway", {
    cwd: folder.path,
    env: {
      ...issuer.env,
      ASYA_JWT_AUDIENCE: `${url}/mcp,${issuer.audience}`,
      ASYA_GATEWAY_PORT: String(port),
      ASYA_CONFIG_PATH: await folder.write("tools.yaml", TOOLS),
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_INTERNAL_TOKEN: "inner-secret",
      ...more,
    },
  });
  await process.waitForLine("listening");
  return { process, url };
}

/** Asks as the bearer of a token; answers with the status, the text and the headers. */
async function ask(url: string, token?: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

Deno.test("[A7] [A8] auth: an MCP client that knows nothing but an address finds its way", async () => {
  await using folder = await makeTempFolder();
  await using issuer = await TokenIssuer.start();
  const { process, url } = await start(folder, issuer);
  await using _ = process;
  const client = new Client({ name: "agent", version: "1" });
  const authProvider = new ClientCredentialsProvider({
    clientId: "agent-7",
    clientSecret: "client-secret",
    expectedIssuer: issuer.url,
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider }));
  const called = await client.callTool({ name: "scan", arguments: {} });
  const { job_id: id } = called.structuredContent as { job_id: string };
  const read = { name: "asya_job", arguments: { job_id: id } };
  const job = await client.callTool(read);
  assert.equal((job.structuredContent as { id: string }).id, id);
  await client.close();

  const scope = "jobs:read tools:call";
  assert.equal(
    (await ask(`${url}/jobs/${id}`, await issuer.sign("agent-7", { scope }))).status,
    200,
  );
  assert.equal(
    (await ask(`${url}/jobs/${id}`, await issuer.sign("agent-8", { scope }))).status,
    404,
  );
  const admin = await issuer.sign("ops", { scope: `${scope} jobs:admin` });
  assert.equal((await ask(`${url}/jobs/${id}`, admin)).status, 200);

  const owner = await process.waitForLine(({ fields }) => fields.reason === "owner");
  const { level, message, route, from, caller } = owner.fields;
  assert.deepEqual(
    [level, message, route, from, caller],
    ["WARN", "a request was denied", "/jobs/:id", "127.0.0.1", "agent-8"],
  );
});

Deno.test("[A7] auth: an issuer that is away, or has changed its keys", async () => {
  await using folder = await makeTempFolder();
  await using issuer = await TokenIssuer.start();
  issuer.isAway = true;
  const { process, url } = await start(folder, issuer);
  await using _ = process;
  const line = await process.waitForLine("the keys of callers' tokens cannot be read");
  assert.match(String(line.fields.reason), /answers with 503/);
  const scope = "jobs:read tools:call";
  const token = await issuer.sign("me", { scope });
  const away = await ask(`${url}/tools`, token);
  assert.equal(away.status, 503);
  assert.equal(away.headers.get("retry-after"), "5");
  assert.equal(away.headers.get("www-authenticate"), null);
  assert.equal((await ask(`${url}/tools`)).status, 401, "no token is no token");
  assert.equal((await ask(`${url}/readyz`)).status, 200, "actors can report");
  const report = post({ actor_name: "a", status: "processing" });
  assert.equal((await ask(`${url}/jobs/x/heartbeat`, "inner-secret", report)).status, 404);

  issuer.isAway = false;
  await poll("the keys to be read", async () => (await ask(`${url}/tools`, token)).status === 200);
  await process.waitForLine("the keys of callers' tokens are read");
  issuer.isAway = true;
  const another = await issuer.sign("me", { scope, jti: "another" });
  assert.equal((await ask(`${url}/tools`, another)).status, 200, "the keys are still known");
  issuer.isAway = false;

  const { asked } = issuer;
  await issuer.rotate();
  const fresh = await issuer.sign("me", { scope });
  for (let count = 0; count < 5; count++) {
    const { status, headers } = await ask(`${url}/tools`, fresh);
    assert.equal(status, 401, "the keys were read a moment ago");
    assert.match(headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  }
  assert.equal(issuer.asked, asked);
});

Deno.test("[A1] [A3] auth: forged requests change nothing, and each leaves a line", async () => {
  await using folder = await makeTempFolder();
  await using issuer = await TokenIssuer.start();
  await using stranger = await TokenIssuer.start();
  const { process, url } = await start(folder, issuer, { ASYA_RATE_LIMIT: "1000/s" });
  await using _ = process;
  const scope = "jobs:read tools:call";
  const token = await issuer.sign("me", { scope });
  const called = await ask(`${url}/tools/call`, token, post({ name: "scan" }));
  const { job_id: id } = JSON.parse(called.text).structuredContent;
  const before = (await ask(`${url}/jobs/${id}`, token)).text;

  const forged = await stranger.sign("me", { scope, iss: issuer.url, aud: issuer.audience });
  const expired = await issuer.sign("me", { scope, exp: 1 });
  const elsewhere = await issuer.sign("me", { scope, aud: "https://elsewhere.example" });
  const weak = await issuer.sign("me", { scope: "jobs:read" });
  const final = post({ status: "succeeded", result: "forged" });
  const rows: [string, string, RequestInit | undefined, number, string][] = [
    [`/jobs/${id}`, forged, undefined, 401, "wrong_token"],
    [`/jobs/${id}/cancel`, expired, post({}), 401, "expired_token"],
    [`/jobs/${id}/retry`, elsewhere, post({}), 401, "wrong_token"],
    [`/jobs/${id}/cancel`, weak, post({}), 403, "scope"],
    [`/jobs/${id}/final`, token, final, 401, "internal_token"],
    [`/jobs/${id}/final`, "inner-secre", final, 401, "internal_token"],
    [`/jobs/${id}`, "", undefined, 401, "no_token"],
  ];
  for (const [path, bearer, init, status, reason] of rows) {
    const lines = process.lines.length;
    const asked = await ask(url + path, bearer, init);
    assert.equal(asked.status, status, `${path} ${reason}`);
    const line = await poll(
      "a line about it",
      () => process.lines.slice(lines).find(({ message }) => message === "a request was denied"),
    );
    assert.equal(line.fields.reason, reason);
    for (const secret of [forged, expired, elsewhere, weak, token, "inner-secre"]) {
      assert(!line.text.includes(secret) && !asked.text.includes(secret), reason);
    }
  }
  assert.equal((await ask(`${url}/jobs/${id}`, token)).text, before);
  const { text: metrics } = await ask(`${url}/metrics`);
  assert.match(metrics, /asya_gateway_requests_denied_total\{reason="wrong_token"\} 2/);
  assert.match(metrics, /asya_gateway_requests_denied_total\{reason="internal_token"\} 2/);
  assert.match(metrics, /asya_gateway_requests_denied_total\{reason="rate"\} 0/);
  assert.equal((await process.stop()).code, 0);
});

Deno.test("[A5] [A6] auth: a flood of guesses is slowed, leaves a few lines, and none is lost", async () => {
  await using folder = await makeTempFolder();
  await using issuer = await TokenIssuer.start();
  const { process, url } = await start(folder, issuer, { ASYA_RATE_LIMIT: "100/h" });
  await using _ = process;
  const statuses = new Map<number, number>();
  const guess = async () => {
    for (let count = 0; count < 50; count++) {
      const { status } = await ask(`${url}/jobs`, `guess-${crypto.randomUUID()}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 10 }, guess));
  assert.deepEqual(Object.fromEntries(statuses), { 401: 100, 429: 400 });
  const me = await issuer.sign("me", { scope: "jobs:read" });
  const { status, headers } = await ask(`${url}/jobs`, me);
  assert.deepEqual([status, headers.get("ratelimit")], [200, '"caller";r=99;t=36']);
  assert.equal((await process.stop()).code, 0);
  const lines = process.lines.filter(({ message }) => message?.includes("denied"));
  assert(lines.length < 60, `${lines.length} lines`);
  const counts = lines.map(({ fields }) => Number(fields.count ?? 1));
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 500);
});
