import assert from "node:assert/strict";
import { TokenIssuer } from "../../tests/kit/token_issuer.ts";
import type { Scope } from "../auth/access.ts";
import {
  BASE_URL,
  createTestGateway,
  type TestGateway,
  THREE_STEPS,
} from "../testing/test_gateway.ts";

/** One way to use a route. */
interface Row {
  /** Method and pattern, as the route was added. */
  readonly route: string;
  /** What it takes: nothing, to be known, a scope of the caller, or the token of actors. */
  readonly needs: "nothing" | "any" | Scope | "internal token";
  /** The body, for the id of a job. */
  readonly body?: (id: string) => unknown;
  /** What a page's form says, in the place of a body. */
  readonly form?: Readonly<Record<string, string>>;
  /** Headers besides the usual ones, for the id of a job. */
  readonly headers?: (id: string) => Record<string, string>;
  /** The status that somebody else than the job's owner gets; without it, that of the owner. */
  readonly other?: number;
  /** The status that the owner gets; without it, 200. */
  readonly owner?: number;
  /** The status that the owner gets with the scope jobs:admin, where it is another one. */
  readonly admin?: number;
  /** What somebody else is told where the status says nothing. */
  readonly otherSays?: RegExp;
}

const rpc = (method: string, params: object) => ({ jsonrpc: "2.0", id: 1, method, params });
const jobTool = (id: string, action: string) => ({
  name: "asya_job",
  arguments: { job_id: id, action },
});
const NO_JOB = /there is no job/;
const NO_TASK = /there is no task/;

const MODERN = "2026-07-28";

/** What there is to do with a task, in the words of both revisions. */
const TASK_ROWS: Row[] = [
  ["2025-11-25", "tasks/get", "jobs:read"],
  ["2025-11-25", "tasks/cancel", "tools:call"],
  [MODERN, "tasks/get", "jobs:read"],
  [MODERN, "tasks/update", "jobs:read"],
  [MODERN, "tasks/cancel", "tools:call"],
].map(([version = "", method = "", needs]) => ({
  route: "ALL /mcp",
  needs: needs as Scope,
  headers: (id) => ({
    "mcp-protocol-version": version,
    ...(version === MODERN && { "mcp-method": method, "mcp-name": id }),
  }),
  body: (taskId) => rpc(method, { taskId, ...(version === MODERN && { _meta: META }) }),
  otherSays: NO_TASK,
}));

/** What a client of the newer revision says of itself with each request. */
const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {
    extensions: { "io.modelcontextprotocol/tasks": {} },
  },
};

/** Pages, and what they load and send. */
const DASHBOARD_ROWS: Row[] = [
  { route: "GET /", needs: "any", owner: 303, admin: 200 },
  { route: "GET /dashboard/overview/stream", needs: "jobs:admin" },
  { route: "GET /dashboard/*", needs: "any", owner: 303 },
  { route: "GET /dashboard/assets/:name", needs: "nothing" },
  { route: "GET /dashboard/sign-in", needs: "nothing" },
  { route: "POST /dashboard/sign-in", needs: "nothing", form: { token: "stolen" }, owner: 401 },
  { route: "POST /dashboard/sign-out", needs: "nothing", form: {}, owner: 303 },
  { route: "POST /dashboard/theme", needs: "nothing", form: { theme: "dark" }, owner: 303 },
  { route: "GET /dashboard/jobs", needs: "jobs:read" },
  { route: "GET /dashboard/jobs/:id", needs: "jobs:read", other: 404 },
  { route: "GET /dashboard/jobs/:id/stream", needs: "jobs:read", other: 404 },
  { route: "GET /dashboard/jobs/:id/raw/:part", needs: "jobs:read", other: 404 },
  {
    route: "POST /dashboard/jobs/:id/cancel",
    needs: "tools:call",
    form: {},
    other: 404,
    owner: 303,
  },
  {
    route: "POST /dashboard/jobs/:id/replay",
    needs: "tools:call",
    form: {},
    other: 404,
    owner: 303,
  },
  { route: "GET /dashboard/tools", needs: "tools:call" },
  { route: "GET /dashboard/tools/:name", needs: "tools:call", owner: 404 },
  { route: "POST /dashboard/tools/:name", needs: "tools:call", form: {}, owner: 404 },
  { route: "GET /dashboard/dead-letters", needs: "jobs:admin" },
  { route: "POST /dashboard/dead-letters", needs: "jobs:admin", form: {}, owner: 303 },
  { route: "GET /dashboard/dead-letters/:id", needs: "jobs:admin", owner: 404 },
  { route: "POST /dashboard/dead-letters/:id", needs: "jobs:admin", form: {}, owner: 404 },
];

/** Every route. A route that is not here fails the test. */
const ROWS: Row[] = [
  { route: "GET /health", needs: "nothing" },
  { route: "GET /livez", needs: "nothing" },
  { route: "GET /readyz", needs: "nothing" },
  { route: "GET /metrics", needs: "nothing", owner: 404 },
  { route: "GET /.well-known/oauth-protected-resource/*", needs: "nothing" },
  { route: "GET /openapi.json", needs: "nothing" },
  { route: "GET /tools", needs: "tools:call" },
  { route: "GET /jobs", needs: "jobs:read", otherSays: /^\{"jobs":\[\]\}$/ },
  { route: "POST /tools/call", needs: "tools:call", body: () => ({ name: "scan" }) },
  {
    route: "POST /tools/call",
    needs: "jobs:read",
    body: (id) => jobTool(id, "get"),
    otherSays: NO_JOB,
  },
  {
    route: "POST /tools/call",
    needs: "tools:call",
    body: (id) => jobTool(id, "cancel"),
    otherSays: NO_JOB,
  },
  {
    route: "ALL /mcp",
    needs: "tools:call",
    body: () => rpc("tools/call", { name: "scan", arguments: {} }),
  },
  {
    route: "ALL /mcp",
    needs: "jobs:read",
    body: (id) => rpc("tools/call", jobTool(id, "get")),
    otherSays: NO_JOB,
  },
  {
    route: "ALL /mcp",
    needs: "tools:call",
    body: (id) => rpc("tools/call", jobTool(id, "cancel")),
    otherSays: NO_JOB,
  },
  ...TASK_ROWS,
  {
    route: "ALL /mcp",
    needs: "jobs:read",
    headers: () => ({ "mcp-protocol-version": "2025-11-25" }),
    body: () => rpc("tasks/list", {}),
  },
  { route: "GET /jobs/:id", needs: "jobs:read", other: 404 },
  { route: "GET /jobs/:id/active", needs: "jobs:read", other: 410 },
  { route: "GET /jobs/:id/stream", needs: "jobs:read", other: 404 },
  { route: "POST /jobs/:id/cancel", needs: "tools:call", other: 404 },
  { route: "POST /jobs/:id/retry", needs: "tools:call", other: 404, body: () => ({}) },
  { route: "GET /overview", needs: "jobs:admin" },
  { route: "GET /overview/stream", needs: "jobs:admin" },
  { route: "GET /dead-letters", needs: "jobs:admin" },
  { route: "GET /dead-letters/:id", needs: "jobs:admin", owner: 404 },
  { route: "POST /dead-letters/:id/replay", needs: "jobs:admin", owner: 404, body: () => ({}) },
  { route: "DELETE /dead-letters/:id", needs: "jobs:admin", owner: 404 },
  { route: "POST /progress", needs: "internal token", body: (id) => ({ updates: [report(id)] }) },
  { route: "POST /jobs/:id/progress", needs: "internal token", body: report },
  {
    route: "POST /jobs/:id/heartbeat",
    needs: "internal token",
    body: () => ({ actor_name: "a", status: "processing" }),
  },
  {
    route: "POST /jobs/:id/final",
    needs: "internal token",
    body: () => ({ status: "succeeded", result: 1 }),
  },
  ...DASHBOARD_ROWS,
];

function report(id: string): object {
  const step = { step: "a", step_index: 0, total_steps: 3 };
  return { job_id: id, ...step, status: "processing", actor_name: "a" };
}

const SCOPES = ["jobs:read", "tools:call"] as const;

/** Callers by what they are to a job, and their tokens. */
type Tokens = (who: string, scopes: readonly Scope[]) => Promise<string> | string;

/** A gateway that knows callers one way, and their tokens. */
interface Mode extends AsyncDisposable {
  readonly bench: TestGateway;
  readonly tokenOf: Tokens;
}

const INTERNAL = { ASYA_INTERNAL_TOKEN: "inner", ASYA_INTERNAL_TOKEN_BEFORE: "inner-before" };

function startTokenMode(): Mode {
  const given = ["owner", "other"].flatMap((who) =>
    [["jobs:admin"], ["jobs:read"], ["tools:call"], SCOPES, ["jobs:admin", ...SCOPES]]
      .map((scopes) => [who, scopes, `${who}-${scopes.join("-")}`] as const)
  );
  const env = {
    ASYA_AUTH: "token",
    ASYA_API_TOKENS: given.map(([who, scopes, token]) => `${who}/${scopes.join("+")}=${token}`)
      .join(),
    ...INTERNAL,
  };
  return {
    bench: createTestGateway({ tools: THREE_STEPS, env }),
    tokenOf: (who, scopes) => `${who}-${scopes.join("-")}`,
    async [Symbol.asyncDispose]() {},
  };
}

async function startJwtMode(): Promise<Mode> {
  const issuer = await TokenIssuer.start();
  const bench = createTestGateway({ tools: THREE_STEPS, env: { ...issuer.env, ...INTERNAL } });
  // The test's clock stands still at another time than the issuer's.
  await bench.clock.pass(Date.now() - bench.clock.now());
  return {
    bench,
    tokenOf: (who, scopes) => issuer.sign(who, { scope: scopes.join(" ") }),
    [Symbol.asyncDispose]: () => issuer[Symbol.asyncDispose](),
  };
}

/** Asks as one row says; answers with the status and what is said. */
async function ask(bench: TestGateway, row: Row, id: string, token?: string) {
  const [given = "", path = ""] = row.route.split(" ");
  const method = given !== "ALL" ? given : row.body ? "POST" : "GET";
  const url = BASE_URL + path.replace(":id", id).replace(":name", "style.css")
    .replace(":part", "payload").replace("/*", "");
  const type = row.form ? "application/x-www-form-urlencoded" : "application/json";
  const body = row.form
    ? String(new URLSearchParams(row.form))
    : row.body && JSON.stringify(row.body(id));
  const response = await bench.gateway.fetch(
    new Request(url, {
      method,
      headers: {
        host: "127.0.0.1",
        accept: "application/json, text/event-stream",
        "content-type": type,
        ...(row.form && { origin: BASE_URL }),
        ...row.headers?.(id),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body }),
    }),
  );
  const isStream = path.endsWith("/stream") && response.status === 200;
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  return { status: response.status, text, headers: response.headers };
}

/** Everything that a request may have changed. */
async function stateOf({ store, sent }: TestGateway, id: string): Promise<string> {
  const { jobs } = await store.list({ limit: 1_000 });
  return JSON.stringify([await store.read(id), jobs.length, sent.length]);
}

async function makeJob({ bench, tokenOf }: Mode): Promise<string> {
  const authorization = `Bearer ${await tokenOf("owner", SCOPES)}`;
  const response = await bench.post("/tools/call", { name: "scan" }, { authorization });
  const id = (await response.json()).structuredContent.job_id;
  await bench.clock.pass(0);
  return id;
}

for (const [name, start] of Object.entries({ token: startTokenMode, jwt: startJwtMode })) {
  Deno.test(`guards, ${name}: every route is in the table`, async () => {
    await using mode = await start();
    const added = mode.bench.gateway.routes.filter(({ path }) => path !== "/*");
    // What a path does not take is refused for all methods together.
    const isRefusal = ({ method, path }: typeof added[number]) =>
      method === "ALL" && added.some((other) => other.path === path && other.method !== "ALL");
    const routes = new Set(
      added.filter((route) => !isRefusal(route)).map(({ method, path }) => `${method} ${path}`),
    );
    const hidden = name === "token" ? ["GET /.well-known/oauth-protected-resource/*"] : [];
    assert.deepEqual(
      [...routes, ...hidden].sort(),
      [...new Set(ROWS.map(({ route }) => route))].sort(),
    );
  });

  Deno.test(`[A1] [A2] [A3] guards, ${name}: every route, for everybody`, async (t) => {
    await using mode = await start();
    const { bench, tokenOf } = mode;
    for (const row of ROWS) {
      if (name === "token" && row.route.includes(".well-known")) continue;
      const what = `${row.route} ${JSON.stringify(row.body?.("ID") ?? "")}`;
      await t.step(what, async () => {
        const id = await makeJob(mode);
        const before = await stateOf(bench, id);
        const expectRefusal = async (who: string, token: string | undefined, status: number) => {
          const denials = bench.eventsOf("denied").length;
          const asked = await ask(bench, row, id, token);
          assert.equal(asked.status, status, `${who}: ${asked.text}`);
          assert.equal(await stateOf(bench, id), before, who);
          if (token) assert(!asked.text.includes(token), who);
          assert.equal(bench.eventsOf("denied").length, denials + 1, `${who}: one event`);
          return asked;
        };
        const admin = await tokenOf("other", ["jobs:admin", ...SCOPES]);
        if (row.needs === "nothing") {
          for (const token of [undefined, "wrong", admin]) {
            assert.equal((await ask(bench, row, id, token)).status, row.owner ?? 200);
          }
          return;
        }
        await expectRefusal("nobody", undefined, 401);
        await expectRefusal("a wrong token", "wrong", 401);
        if (row.needs === "internal token") {
          await expectRefusal("the owner", await tokenOf("owner", SCOPES), 401);
          await expectRefusal("an admin", admin, 401);
          for (const token of ["inner", "inner-before"]) {
            assert.equal((await ask(bench, row, id, token)).status, 200);
          }
          assert.notEqual(await stateOf(bench, id), before);
          return;
        }
        await expectRefusal("the token of actors", "inner", 401);
        const { needs } = row;
        if (needs === "any") {
          for (const scope of ["jobs:admin", ...SCOPES] as const) {
            const asked = await ask(bench, row, id, await tokenOf("owner", [scope]));
            const status = scope === "jobs:admin" ? row.admin ?? row.owner : row.owner;
            assert.equal(asked.status, status ?? 200, asked.text);
          }
          return;
        }
        if (needs === "jobs:admin") {
          const asked = await expectRefusal("no admin", await tokenOf("owner", SCOPES), 403);
          assert.match(asked.headers.get("www-authenticate") ?? "", /scope="jobs:admin"/);
          const byAdmin = await ask(bench, row, id, await tokenOf("other", ["jobs:admin"]));
          assert.equal(byAdmin.status, row.owner ?? 200, byAdmin.text);
          return;
        }
        await expectRefusal("another scope", await tokenOf("owner", ["jobs:admin"]), 403);
        // The way in to a tool needs tools:call, whatever else is needed behind it.
        const others = SCOPES.filter((scope) => scope !== needs);
        const asked = await expectRefusal("but this scope", await tokenOf("owner", others), 403);
        assert.match(
          asked.headers.get("www-authenticate") ?? "",
          new RegExp(`error="insufficient_scope".*scope="${needs}"`),
        );

        const isOfJob = [NO_JOB, NO_TASK].includes(row.otherSays ?? /^/) ||
          row.other !== undefined;
        const denials = bench.eventsOf("denied").length;
        const other = await ask(bench, row, id, await tokenOf("other", SCOPES));
        assert.equal(other.status, row.other ?? row.owner ?? 200, other.text);
        if (row.otherSays) assert.match(other.text, row.otherSays);
        else if (row.other === undefined) assert(!other.text.includes(id), other.text);
        const [job] = JSON.parse(await stateOf(bench, id));
        assert.deepEqual(job, JSON.parse(before)[0], "the job is as it was");
        if (isOfJob) {
          assert.equal(await stateOf(bench, id), before);
          const denied = bench.eventsOf("denied").slice(denials);
          assert.deepEqual(denied.map(({ reason, caller }) => [reason, caller]), [[
            "owner",
            "other",
          ]]);
        }

        const owner = await ask(bench, row, id, await tokenOf("owner", SCOPES));
        assert.equal(owner.status, row.owner ?? 200, owner.text);
        if (row.otherSays) assert.doesNotMatch(owner.text, row.otherSays);
        const again = await makeJob(mode);
        const byAdmin = await ask(bench, row, again, admin);
        assert.equal(byAdmin.status, row.owner ?? 200, byAdmin.text);
        if (row.otherSays) assert.doesNotMatch(byAdmin.text, row.otherSays);
      });
    }
  });
}
