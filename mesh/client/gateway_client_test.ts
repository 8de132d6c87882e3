import assert from "node:assert/strict";
import { GatewayClient } from "./gateway_client.ts";
import { explainRefusal, GatewayError } from "./gateway_error.ts";

const TOKEN = "a-token-of-tests";

/** Answers each request with what a test says, in turn, and keeps what was asked. */
async function withAnswers(
  answers: readonly Response[],
  test: (client: GatewayClient, asked: Request[]) => Promise<void>,
): Promise<void> {
  const asked: Request[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.clone().body?.cancel();
    asked.push(request);
    return answers[asked.length - 1]?.clone() ?? new Response(null, { status: 500 });
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    await test(new GatewayClient({ url, token: TOKEN }), asked);
  } finally {
    await server.shutdown();
  }
}

Deno.test("the token is shown with every question", () =>
  withAnswers([Response.json({ tools: [] }), Response.json({})], async (client, asked) => {
    await client.listTools();
    await client.cancelJob("a b");
    assert.deepEqual(asked.map(({ headers }) => headers.get("authorization")), [
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
    ]);
    assert.equal(new URL(asked[1]?.url ?? "").pathname, "/jobs/a%20b/cancel");
  }));

Deno.test("who asks too often waits as long as it is told, and asks again", () => {
  const busy = new Response("{}", { status: 429, headers: { "retry-after": "0" } });
  return withAnswers([busy, busy, Response.json({ id: "j" })], async (client, asked) => {
    assert.deepEqual(await client.retryJob("j", { fromStep: 1, payload: null }), { id: "j" });
    assert.equal(asked.length, 3);
  });
});

Deno.test("a wait that is too long is told, and not waited", () => {
  const busy = Response.json({ error: "slow down" }, {
    status: 429,
    headers: { "retry-after": "3600" },
  });
  return withAnswers([busy], async (client) => {
    await assert.rejects(
      client.listTools(),
      /was asked too often.*\(it says: slow down\); try again later/,
    );
  });
});

Deno.test("a refusal says what to do about it, and never shows the token", () => {
  const denied = (status: number, more: HeadersInit = {}) =>
    Response.json({ error: "says no" }, { status, headers: more });
  const scope = { "www-authenticate": 'Bearer error="insufficient_scope", scope="jobs:admin"' };
  const answers = [denied(401), denied(403, scope), denied(403), denied(404), denied(500)];
  return withAnswers(answers, async (client) => {
    const messages: string[] = [];
    for (const _ of answers) {
      const error: unknown = await client.listTools().catch((error) => error);
      assert(error instanceof GatewayError);
      messages.push(error.message.replace(client.url, "GW"));
    }
    assert.deepEqual(messages, [
      "GW does not accept the token in ASYA_API_TOKEN (it says: says no); ask its operator for another",
      "the token in ASYA_API_TOKEN may not do this: it takes one with the scope jobs:admin",
      "GW does not let you do this (it says: says no); ask its operator for a token that may",
      "says no",
      "says no",
    ]);
    assert(!messages.join("\n").includes(TOKEN));
  });
});

Deno.test("without a token it says which setting has one", { permissions: "none" }, () => {
  const refusal = { url: "GW", status: 401, reason: "no", hasToken: false };
  assert.match(explainRefusal(refusal), /set ASYA_API_TOKEN/);
});

Deno.test("a password in a URL is sent, and not shown", async () => {
  const client = new GatewayClient({ url: "http://ada:hushhush@127.0.0.1:1/" });
  assert.equal(client.url, "http://ada:***@127.0.0.1:1");
  assert.equal(client.jobUrl("j"), "http://ada:***@127.0.0.1:1/jobs/j");
  await assert.rejects(client.listTools(), (error) => !String(error).includes("hushhush"));
});
