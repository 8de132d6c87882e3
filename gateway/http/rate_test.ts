import assert from "node:assert/strict";
import {
  BASE_URL,
  createTestGateway,
  type TestGateway,
  THREE_STEPS,
} from "../testing/test_gateway.ts";

const TOKENS = { ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one,me=uno,you=two" };

/** Asks as a caller from an address; answers with the status and the headers about the rate. */
async function ask(
  { gateway }: TestGateway,
  path: string,
  headers: Record<string, string> = {},
  hostname = "10.0.0.1",
) {
  const response = await gateway.fetch(
    new Request(BASE_URL + path, { headers: { host: "127.0.0.1", ...headers } }),
    { remoteAddr: { hostname } },
  );
  await response.body?.cancel();
  const shown = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    policy: shown("ratelimit-policy"),
    left: shown("ratelimit"),
    retryAfter: shown("retry-after"),
  };
}

const as = (token: string) => ({ authorization: `Bearer ${token}` });

Deno.test({
  name: "[A5] rate: of a name, whichever token it comes with, and of nobody else's",
  permissions: "none",
  fn: async () => {
    const bench = createTestGateway({ env: { ...TOKENS, ASYA_RATE_LIMIT: "2/m" } });
    const policy = '"caller";q=2;w=60';
    const first = await ask(bench, "/jobs", as("one"));
    assert.deepEqual(first, { status: 200, policy, left: '"caller";r=1;t=30', retryAfter: null });
    const second = await ask(bench, "/jobs/unknown", as("uno"));
    assert.deepEqual(second, { status: 404, policy, left: '"caller";r=0;t=60', retryAfter: null });
    await bench.clock.pass(10_500);
    const third = await ask(bench, "/tools", as("one"), "10.9.9.9");
    assert.deepEqual(third, { status: 429, policy, left: '"caller";r=0;t=50', retryAfter: "20" });
    assert.equal((await ask(bench, "/tools", as("two"))).status, 200);
    await bench.clock.pass(20_000);
    assert.equal((await ask(bench, "/tools", as("one"))).status, 200);
    const [denied] = bench.eventsOf("denied");
    assert.deepEqual(denied, {
      kind: "denied",
      reason: "rate",
      route: "/tools",
      from: "10.9.9.9",
      caller: "me",
    });
  },
});

Deno.test({
  name: "[A5] rate: who has no name has an address, and guessing tokens is limited too",
  permissions: "none",
  fn: async () => {
    const env = { ...TOKENS, ASYA_RATE_LIMIT: "2/m", ASYA_TRUSTED_PROXIES: "1" };
    const bench = createTestGateway({ env });
    const via = (address: string) => ({ "x-forwarded-for": `6.6.6.6, ${address}` });
    for (
      const [token, address, status] of [
        ["guess-1", "1.2.3.4", 401],
        ["guess-2", "1.2.3.4", 401],
        ["guess-3", "1.2.3.4", 429],
        ["guess-4", "1.2.3.5", 401],
        ["one", "1.2.3.4", 200],
        ["guess-5", "2001:db8::1", 401],
        ["guess-6", "2001:db8::2", 401],
        ["guess-7", "2001:db8::3", 429],
      ] as const
    ) {
      const asked = await ask(bench, "/jobs", { ...as(token), ...via(address) });
      assert.equal(asked.status, status, token);
    }
    const open = createTestGateway({ env: { ASYA_RATE_LIMIT: "1/h" } });
    const statuses = [];
    for (const hostname of ["1.1.1.1", "1.1.1.1", "1.1.1.2"]) {
      statuses.push((await ask(open, "/jobs", { "x-forwarded-for": "7.7.7.7" }, hostname)).status);
    }
    assert.deepEqual(statuses, [200, 429, 200], "nobody told us of a proxy");
  },
});

Deno.test({
  name: "[A5] rate: neither health, nor what pages load, nor reports of actors are counted",
  permissions: "none",
  fn: async () => {
    const bench = createTestGateway({ env: { ...TOKENS, ASYA_RATE_LIMIT: "1/h" } });
    assert.equal((await ask(bench, "/jobs", as("one"))).status, 200);
    assert.equal((await ask(bench, "/jobs", as("one"))).status, 429);
    for (let count = 0; count < 3; count++) {
      for (const path of ["/health", "/readyz", "/dashboard/assets/style.css"]) {
        assert.equal((await ask(bench, path, as("one"))).status, 200, path);
      }
      const report = { actor_name: "a", status: "processing" };
      assert.equal((await bench.post("/jobs/x/heartbeat", report)).status, 404);
    }
    const unlimited = await ask(createTestGateway(), "/jobs");
    assert.deepEqual([unlimited.policy, unlimited.left], [null, null]);
  },
});

/** What a caller shows, and the address that it comes from. */
type Who = readonly [headers: Record<string, string>, hostname: string];

/** Opens a stream; answers with it, and with the status. */
async function openStream(
  { gateway }: TestGateway,
  path: string,
  ...[headers, hostname]: Who
) {
  const asked = { host: "127.0.0.1", accept: "text/event-stream", ...headers };
  const request = new Request(BASE_URL + path, { headers: asked });
  const { status, body, headers: answered } = await gateway.fetch(request, {
    remoteAddr: { hostname },
  });
  return { status, retries: answered.has("retry-after"), end: () => body?.cancel() };
}

const callers: readonly [how: string, env: Record<string, string>, one: Who, other: Who][] = [
  ["by name", TOKENS, [as("one"), "10.0.0.1"], [as("two"), "10.0.0.1"]],
  ["by network", {}, [{}, "2001:db8::1"], [{}, "2001:db8:0:1::1"]],
];

for (const [how, env, one, other] of callers) {
  Deno.test(`[A5] streams, ${how}: each caller may have so many at a time`, async () => {
    const bench = createTestGateway({
      env: { ...env, ASYA_MAX_STREAMS_PER_CALLER: "1" },
      tools: THREE_STEPS,
    });
    const created = await bench.post("/tools/call", { name: "scan" }, one[0]);
    const { job_id: id } = (await created.json()).structuredContent;
    for (const [path, refusal] of [[`/jobs/${id}/stream`, 429], ["/mcp", 503]] as const) {
      const first = await openStream(bench, path, ...one);
      assert.equal(first.status, 200);
      const refused = await openStream(bench, path, ...one);
      assert.deepEqual([refused.status, refused.retries], [refusal, true]);
      await refused.end();
      const ofOther = await openStream(bench, "/mcp", ...other);
      assert.equal(ofOther.status, 200);
      await ofOther.end();
      await first.end();
      const again = await openStream(bench, path, ...one);
      assert.equal(again.status, 200);
      await again.end();
    }
  });
}

Deno.test("[A5] streams: who has no name and comes from this machine is not counted", async () => {
  const bench = createTestGateway({ env: { ASYA_MAX_STREAMS_PER_CALLER: "1" } });
  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
    const streams = [1, 2].map(() => openStream(bench, "/mcp", {}, address));
    for (const { status, end } of await Promise.all(streams)) {
      assert.equal(status, 200, address);
      await end();
    }
  }
});
