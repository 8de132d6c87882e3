import assert from "node:assert/strict";
import { TokenIssuer } from "../../tests/kit/token_issuer.ts";
import { toStoreError } from "../stores/store_error.ts";
import {
  BASE_URL,
  createTestGateway,
  type TestGateway,
  THREE_STEPS,
} from "../testing/test_gateway.ts";

const TOKENS = {
  ASYA_AUTH: "token",
  ASYA_API_TOKENS: [
    "ops/jobs:admin+jobs:read+tools:call=ops-secret-1",
    "shop=shop-secret-2",
    "viewer/jobs:read=viewer-secret-3",
    "caller/tools:call=caller-secret-4",
  ].join(),
};

/** Sends a form as a page of the gateway does. */
function send(
  { gateway }: TestGateway,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return gateway.fetch(
    new Request(BASE_URL + path, {
      method: "POST",
      headers: {
        host: "127.0.0.1:8080",
        origin: BASE_URL,
        "content-type": "application/x-www-form-urlencoded",
        ...headers,
      },
      body: String(new URLSearchParams(form)),
    }),
  );
}

/** Signs in; answers with the cookie, as a browser sends it back, and with the answer. */
async function signIn(bench: TestGateway, token: string, to = "/") {
  const response = await send(bench, "/dashboard/sign-in", { token, to });
  const given = response.headers.get("set-cookie") ?? "";
  return { response, given, cookie: given.split(";")[0] ?? "" };
}

async function textOf(response: Promise<Response> | Response): Promise<string> {
  return await (await response).text();
}

Deno.test("[A10] dashboard: who signs in is led back, and known by a cookie that no script reads", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: TOKENS });
  const asked = await bench.get("/dashboard/jobs?status=Failed");
  assert.equal(asked.status, 401);
  const page = await asked.text();
  assert.match(page, /name="to" value="\/dashboard\/jobs\?status=Failed"/);
  assert.match(page, /type="password"/);
  const careless = await textOf(bench.get("/dashboard/jobs?access_token=a-secret&q=1"));
  assert.match(careless, /value="\/dashboard\/jobs\?q=1"/, "what no page asks for is not kept");
  const { response, given, cookie } = await signIn(bench, "shop-secret-2", "/dashboard/jobs?q=1");
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/dashboard/jobs?q=1");
  for (const part of [/HttpOnly/, /SameSite=Strict/, /Path=\//]) assert.match(given, part);
  assert.doesNotMatch(given, /Max-Age|Expires|Domain|Secure/, "it ends with the browser");
  const seen = await textOf(bench.get("/dashboard/jobs", { cookie }));
  assert.match(seen, /Sign out/);
  assert.match(seen, /shop/);
  assert.doesNotMatch(seen, /secret/);
  const out = await send(bench, "/dashboard/sign-out", {}, { cookie });
  assert.match(out.headers.get("set-cookie") ?? "", /asya-token=;.*Max-Age=0/);
  assert.equal(out.headers.get("location"), "/dashboard/sign-in");
});

Deno.test("[A10] dashboard: a wrong token gets no cookie, one line in the log, and is never shown", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: TOKENS });
  for (const token of ["stolen-secret", "", "two words", "ops-secret"]) {
    const { response, given } = await signIn(bench, token);
    assert.equal(response.status, 401, token);
    assert.equal(given, "");
    const text = await response.text();
    assert.match(text, /role="alert"/);
    if (token !== "") assert(!text.includes(token), token);
  }
  const denied = bench.eventsOf("denied");
  assert.deepEqual(denied.map(({ reason }) => reason), [
    ...["wrong_token", "no_token", "no_token", "wrong_token"],
  ]);
  assert.doesNotMatch(JSON.stringify(bench.events), /secret/);
  const large = await signIn(bench, "x".repeat(50_000));
  assert.equal(large.response.status, 413);
});

Deno.test("[A10] dashboard: over TLS the cookie is for this host over TLS only", async () => {
  const env = { ...TOKENS, ASYA_PUBLIC_URL: "https://asya.example/" };
  const bench = createTestGateway({ tools: THREE_STEPS, env });
  const response = await send(bench, "/dashboard/sign-in", { token: "shop-secret-2" }, {
    host: "asya.example",
    origin: "https://asya.example",
  });
  assert.match(response.headers.get("set-cookie") ?? "", /^__Host-asya-token=.*; Secure/);
});

Deno.test("[A10] dashboard: a page that came without TLS is none of a gateway that has it", async () => {
  const rows: [publicUrl: string | undefined, host: string, origin: string, status: number][] = [
    ["https://asya.example", "asya.example", "https://asya.example", 303],
    ["https://asya.example", "asya.example", "http://asya.example", 403],
    ["https://asya.example:8443", "asya.example:8443", "https://asya.example", 403],
    ["https://asya.example", "127.0.0.1:8080", "http://127.0.0.1:8080", 303], // by a tunnel
    [undefined, "127.0.0.1:8080", "https://127.0.0.1:8080", 303], // a proxy ends TLS
    ["http://asya.example", "asya.example", "https://asya.example", 303],
  ];
  for (const [publicUrl, host, origin, status] of rows) {
    const env = { ...TOKENS, ...(publicUrl && { ASYA_PUBLIC_URL: publicUrl }) };
    const bench = createTestGateway({ tools: THREE_STEPS, env });
    const response = await send(bench, "/dashboard/sign-out", {}, { host, origin });
    assert.equal(response.status, status, `${publicUrl} ${host} ${origin}`);
  }
});

Deno.test("[A10] dashboard: a token that has expired leads to the sign-in page and back", async () => {
  await using issuer = await TokenIssuer.start();
  const bench = createTestGateway({ tools: THREE_STEPS, env: issuer.env });
  await bench.clock.pass(Date.now() - bench.clock.now());
  const token = await issuer.sign("somebody", { scope: "jobs:read tools:call" });
  const { cookie } = await signIn(bench, token);
  assert.equal((await bench.get("/dashboard/jobs", { cookie })).status, 200);
  await bench.clock.pass(24 * 3_600_000);
  const path = "/dashboard/jobs/5f1b6f3c/cancel";
  const expired = await bench.get("/dashboard/jobs?q=x", { cookie });
  assert.equal(expired.status, 401);
  assert.match(expired.headers.get("set-cookie") ?? "", /asya-token=;.*Max-Age=0/);
  const text = await expired.text();
  assert.match(text, /Your token has expired/);
  assert.match(text, /value="\/dashboard\/jobs\?q=x"/);
  assert(!text.includes(token));
  const referer = `${BASE_URL}/dashboard/jobs/5f1b6f3c`;
  const form = await textOf(send(bench, path, {}, { cookie, referer }));
  assert.match(form, /value="\/dashboard\/jobs\/5f1b6f3c"/, "a form leads back to its page");
});

Deno.test("[A10] dashboard: nobody is led elsewhere by signing in", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: TOKENS });
  const elsewhere = [
    ...[
      "//evil.example/dashboard/",
      "https://evil.example/",
      "/\\evil.example",
      "javascript:alert(1)",
    ],
    ...["/jobs", "/dashboard/sign-out", "/dashboard/../jobs", "dashboard", "\t//evil.example"],
  ];
  for (const to of elsewhere) {
    const { response } = await signIn(bench, "ops-secret-1", to);
    assert.match(response.headers.get("location") ?? "", /^\/(?:dashboard\/\w*)?$/, to);
  }
});

Deno.test("[A10] dashboard: what changes something comes from a page of this gateway, or not at all", async () => {
  for (const env of [TOKENS, {}]) {
    const bench = createTestGateway({ tools: THREE_STEPS, env });
    const { cookie } = env === TOKENS ? await signIn(bench, "ops-secret-1") : { cookie: "" };
    const id = await makeJob(bench, "ops-secret-1");
    const path = `/dashboard/jobs/${id}/cancel`;
    const strangers: Record<string, string>[] = [
      { origin: "http://127.0.0.1:3000" },
      { origin: "http://localhost:8080", host: "127.0.0.1:8080" },
      { origin: "null" },
      { origin: "" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of strangers) {
      const response = await send(bench, path, {}, { cookie, ...headers });
      assert.equal(response.status, 403, JSON.stringify(headers));
      assert.equal((await bench.store.read(id))?.job.status, "Pending");
    }
    const response = await send(bench, path, {}, { cookie, "sec-fetch-site": "same-origin" });
    assert.equal(response.status, 303);
    assert.equal((await bench.store.read(id))?.job.error, "job cancelled");
  }
});

Deno.test("[A10] dashboard: its cookie is of no use anywhere else", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: TOKENS });
  const { cookie } = await signIn(bench, "ops-secret-1");
  for (const path of ["/jobs", "/tools", "/mcp"]) {
    assert.equal((await bench.get(path, { cookie })).status, 401, path);
  }
  const call = await bench.post("/tools/call", { name: "scan" }, { cookie, origin: BASE_URL });
  assert.equal(call.status, 401);
});

Deno.test("[A10] dashboard: everybody is shown what they may see, and their own jobs", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: TOKENS });
  const mine = await makeJob(bench, "shop-secret-2");
  const theirs = await makeJob(bench, "ops-secret-1");
  const look = async (token: string) => {
    const { response, cookie } = await signIn(bench, token);
    const text = await textOf(bench.get("/dashboard/jobs", { cookie }));
    const places = [
      ...text.matchAll(/<a href="([^"]+)"[^>]*>(?:Overview|Jobs|Dead letters|Tools)</g),
    ]
      .map(([, path]) => path);
    const jobs = [mine, theirs].map((id) => text.includes(`/dashboard/jobs/${id}`));
    return [response.headers.get("location"), places.join(" "), ...jobs];
  };
  const all = "/ /dashboard/jobs /dashboard/dead-letters /dashboard/tools";
  assert.deepEqual(await look("ops-secret-1"), ["/", all, true, true]);
  const [jobs, tools] = ["/dashboard/jobs", "/dashboard/tools"];
  assert.deepEqual(await look("shop-secret-2"), [jobs, `${jobs} ${tools}`, true, false]);
  assert.deepEqual(await look("viewer-secret-3"), [jobs, jobs, false, false]);
  assert.deepEqual(await look("caller-secret-4"), [tools, tools, false, false]);
  for (const [token, sees] of [["shop-secret-2", true], ["viewer-secret-3", false]] as const) {
    const { cookie } = await signIn(bench, token);
    const text = await textOf(bench.get(jobs, { cookie }));
    assert.equal(text.includes(`<option value="scan">`), sees, "tools are for who may call them");
  }
  const { cookie } = await signIn(bench, "shop-secret-2");
  assert.equal((await bench.get(`/dashboard/jobs/${theirs}`, { cookie })).status, 404);
  const home = await bench.get("/", { cookie });
  assert.deepEqual([home.status, home.headers.get("location")], [303, jobs]);
  const viewer = await signIn(bench, "viewer-secret-3");
  const refused = await send(bench, `/dashboard/jobs/${mine}/cancel`, {}, {
    cookie: viewer.cookie,
  });
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /scope tools:call/);
});

Deno.test("dashboard: what pages load is kept by its digest, and looked after otherwise", async () => {
  const bench = createTestGateway();
  const page = await textOf(bench.get("/dashboard/jobs"));
  const urls = [...page.matchAll(/(?:src|href)="(\/dashboard\/assets\/[^"]+)"/g)].map(([, url]) =>
    url
  );
  assert(urls.length >= 5, page);
  for (const url of new Set(urls)) {
    const kept = await bench.get(url ?? "");
    assert.equal(kept.status, 200);
    assert.match(kept.headers.get("cache-control") ?? "", /immutable/);
    await kept.body?.cancel();
    const plain = await bench.get(url?.replace(/\?.*/, "") ?? "");
    assert.equal(plain.headers.get("cache-control"), "no-cache");
    await plain.body?.cancel();
    const etag = plain.headers.get("etag") ?? "";
    const again = await bench.get(url ?? "", { "if-none-match": etag });
    assert.equal(again.status, 304);
  }
  for (const name of ["nothing.js", "__proto__", "toString", "..%2Fdashboard.ts"]) {
    assert.equal((await bench.get(`/dashboard/assets/${name}`)).status, 404, name);
  }
});

Deno.test("dashboard: a theme is remembered, and an unknown one is none", async () => {
  const bench = createTestGateway();
  const form = { theme: "dark", to: "/dashboard/jobs?q=1" };
  const chosen = await send(bench, "/dashboard/theme", form);
  assert.equal(chosen.headers.get("location"), form.to);
  const cookie = chosen.headers.get("set-cookie")?.split(";")[0] ?? "";
  assert.match(await textOf(bench.get("/dashboard/jobs", { cookie })), /data-theme="dark"/);
  const wrong = { cookie: 'asya-theme="><script>' };
  assert.match(await textOf(bench.get("/dashboard/jobs", wrong)), /data-theme="auto"/);
});

Deno.test("dashboard: nobody signs in where nobody is known", async () => {
  const bench = createTestGateway();
  const text = await textOf(bench.get("/dashboard/jobs"));
  assert.doesNotMatch(text, /Sign out|Sign in/);
  const page = await bench.get("/dashboard/sign-in?to=/dashboard/tools");
  assert.deepEqual([page.status, page.headers.get("location")], [303, "/dashboard/tools"]);
  const { response: sent, given } = await signIn(bench, "a-token", "/dashboard/tools");
  assert.deepEqual([sent.headers.get("location"), given], ["/dashboard/tools", ""]);
  assert.equal((await bench.get("/dashboard/")).headers.get("location"), "/");
  const response = await bench.get("/dashboard/nothing");
  assert.equal(response.status, 404);
  assert.match(await response.text(), /There is no such page/);
});

Deno.test("dashboard: what cannot be shown at this moment is told on a page, and logged", async () => {
  const rows = [
    [toStoreError(new Error("the disk is full")), 503, /try again/],
    [new Error("a secret"), 500, /went wrong/],
  ] as const;
  for (const [error, status, words] of rows) {
    const bench = createTestGateway({ tools: THREE_STEPS });
    bench.store.read = () => Promise.reject(error);
    const response = await bench.get("/dashboard/jobs/some-job");
    assert.equal(response.status, status);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    const html = await response.text();
    assert.match(html, words);
    assert.doesNotMatch(html, /secret|disk/);
    assert.deepEqual(bench.eventsOf("request_failed").map(({ error }) => error), [error]);
  }
});

/** Makes a job in the name of a token; without tokens, of nobody. */
async function makeJob(bench: TestGateway, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await bench.post("/tools/call", { name: "scan" }, headers);
  const { structuredContent } = await response.json();
  return structuredContent.job_id;
}
