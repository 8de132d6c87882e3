import assert from "node:assert/strict";
import { admitAll, admitTokens, maySee, parseApiToken } from "./access.ts";
import { jobOf } from "../testing/store_suite.ts";
import { createTestGateway, THREE_STEPS, YAML_ENV } from "../testing/test_gateway.ts";

Deno.test({
  name: "access: a token is a name, its scopes and a secret",
  permissions: "none",
  fn: () => {
    const rows: [string, object | undefined][] = [
      ["me=s3cret", { name: "me", token: "s3cret", scopes: ["jobs:read", "tools:call"] }],
      ["me/jobs:read=a=b", { name: "me", token: "a=b", scopes: ["jobs:read"] }],
      ["ops/jobs:admin+jobs:read=x", {
        name: "ops",
        token: "x",
        scopes: ["jobs:admin", "jobs:read"],
      }],
      ["me/jobs:eat=x", undefined],
      ["s3cret", undefined],
      ["=x", undefined],
      ["me=", undefined],
    ];
    for (const [text, expected] of rows) assert.deepEqual(parseApiToken(text), expected, text);
  },
});

Deno.test({
  name: "access: only a known token is let in, as who it belongs to",
  permissions: "none",
  fn: () => {
    const admit = admitTokens([
      { name: "me", token: "one", scopes: ["jobs:read"] },
      { name: "you", token: "two", scopes: [] },
    ]);
    const rows: [string | null, string][] = [
      ["Bearer one", "me"],
      ["bearer  two ", "you"],
      [null, "no_token"],
      ["", "no_token"],
      ["Basic one", "no_token"],
      ["Bearer", "no_token"],
      ["Bearer one two", "no_token"],
      ["Bearer On", "wrong_token"],
      ["Bearer onee", "wrong_token"],
    ];
    for (const [header, expected] of rows) {
      const admitted = admit(header);
      assert.equal(admitted.ok ? admitted.caller.name : admitted.reason, expected, String(header));
    }
    assert.equal(admitAll(null).ok, true);
  },
});

Deno.test({
  name: "access: a job is its caller's, an admin's, or everybody's where nobody has a name",
  permissions: "none",
  fn: () => {
    const mine = jobOf("j", { owner: "me" });
    const caller = (name: string | undefined, ...scopes: ("jobs:admin" | "jobs:read")[]) => ({
      ...(name !== undefined && { name }),
      scopes: new Set(scopes),
    });
    assert.equal(maySee(caller("me"), mine), true);
    assert.equal(maySee(caller("you", "jobs:read"), mine), false);
    assert.equal(maySee(caller("ops", "jobs:admin"), mine), true);
    assert.equal(maySee(caller("you"), jobOf("j")), false);
    assert.equal(maySee(caller(undefined), mine), true);
    let noticed = 0;
    const noticing = (name: string) => ({ ...caller(name), onForeignJob: () => void noticed++ });
    assert.deepEqual([maySee(noticing("me"), mine), noticed], [true, 0]);
    assert.deepEqual([maySee(noticing("you"), mine), noticed], [false, 1]);
  },
});

Deno.test({
  name: "access: callers with tokens see their own jobs, others get 404, and nothing changes",
  permissions: { env: YAML_ENV },
  fn: async () => {
    const bench = createTestGateway({
      tools: THREE_STEPS,
      env: {
        ASYA_AUTH: "token",
        ASYA_API_TOKENS: "me=one,you=two,reader/jobs:read=three,ops/jobs:read+jobs:admin=four",
        ASYA_INTERNAL_TOKEN: "inner",
      },
    });
    const as = (token: string) => ({ authorization: `Bearer ${token}` });
    const called = await bench.post("/tools/call", { name: "scan" }, as("one"));
    const id = (await called.json()).structuredContent.job_id;
    const statuses = async (path: string, method: "get" | "post", token?: string) => {
      const headers = token === undefined ? {} : as(token);
      const response = method === "get"
        ? await bench.get(path, headers)
        : await bench.post(path, {}, headers);
      await response.body?.cancel();
      return response.status;
    };
    const rows: [number, "get" | "post", string, string?][] = [
      [200, "get", `/jobs/${id}`, "one"],
      [404, "get", `/jobs/${id}`, "two"],
      [200, "get", `/jobs/${id}`, "four"],
      [401, "get", `/jobs/${id}`],
      [401, "get", `/jobs/${id}`, "five"],
      [404, "get", `/jobs/${id}/stream`, "two"],
      [410, "get", `/jobs/${id}/active`, "two"],
      [404, "post", `/jobs/${id}/cancel`, "two"],
      [404, "post", `/jobs/${id}/retry`, "two"],
      [403, "post", `/jobs/${id}/cancel`, "reader"],
      [403, "post", "/tools/call", "three"],
      [401, "get", "/tools"],
      [401, "post", "/mcp"],
      [401, "post", `/jobs/${id}/final`, "one"],
      [401, "post", `/jobs/${id}/progress`],
      [401, "post", "/progress", "one"],
      [400, "post", `/jobs/${id}/final`, "inner"],
      [401, "get", `/jobs/${id}`, "inner"],
      [200, "get", "/health"],
      [200, "get", "/readyz"],
    ];
    for (const [status, method, path, token] of rows) {
      const known = token === "reader" ? "three" : token;
      assert.equal(await statuses(path, method, known), status, `${method} ${path} ${token}`);
    }
    const listed = async (token: string) =>
      (await (await bench.get("/jobs", as(token))).json()).jobs.length;
    assert.deepEqual([await listed("one"), await listed("two"), await listed("four")], [1, 0, 1]);
    assert.equal((await bench.store.read(id))?.job.status, "Pending");
    const denied = bench.eventsOf("denied");
    assert.deepEqual(
      denied.map(({ reason, caller }) => [reason, caller].join(" ").trim()),
      [
        ...["owner you", "no_token", "wrong_token", "owner you", "owner you", "owner you"],
        ...["owner you", "scope reader", "scope reader", "no_token", "no_token"],
        ...["internal_token", "internal_token", "internal_token", "wrong_token"],
      ],
    );
    const unauthorized = await bench.get("/tools");
    const challenge = 'Bearer scope="jobs:read tools:call"';
    assert.equal(unauthorized.headers.get("www-authenticate"), challenge);
  },
});

Deno.test({
  name: "access: asya_job knows no jobs of others",
  permissions: { env: YAML_ENV },
  fn: async () => {
    const bench = createTestGateway({
      tools: THREE_STEPS,
      env: { ASYA_AUTH: "token", ASYA_API_TOKENS: "me=one,you=two" },
    });
    const ask = async (token: string, name: string, args: object = {}) => {
      const headers = { authorization: `Bearer ${token}` };
      return await (await bench.post("/tools/call", { name, arguments: args }, headers)).json();
    };
    const id = (await ask("one", "scan")).structuredContent.job_id;
    const job = await ask("one", "asya_job", { job_id: id });
    assert.equal(job.structuredContent.id, id);
    const denied = await ask("two", "asya_job", { job_id: id, action: "cancel" });
    assert.equal(denied.isError, true);
    assert.equal((await bench.store.read(id))?.job.status, "Pending");
  },
});
