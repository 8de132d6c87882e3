import assert from "node:assert/strict";
import {
  BASE_URL,
  createTestGateway,
  type TestGateway,
  THREE_STEPS,
} from "../../testing/test_gateway.ts";

const OPEN = `
tools:
  - { name: scan, inputSchema: { type: object, additionalProperties: true }, route: [a, b, c] }
`;

const HOSTILE = `"'></script><script>alert(1)</script><img src=x onerror=alert(2)>\u0000\u202e`;

/** Sends a form of a job's page. */
function send({ gateway }: TestGateway, path: string, form: Record<string, string> = {}) {
  return gateway.fetch(
    new Request(BASE_URL + path, {
      method: "POST",
      headers: {
        host: "127.0.0.1:8080",
        origin: BASE_URL,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: String(new URLSearchParams(form)),
    }),
  );
}

async function textOf(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

/** A page's words, without what makes it one. */
function wordsOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function report(
  bench: TestGateway,
  id: string,
  stepIndex: number,
  more: object,
): Promise<Response> {
  const step = ["a", "b", "c"][stepIndex];
  const said = { step, step_index: stepIndex, total_steps: 3, actor_name: step, ...more };
  return bench.post(`/jobs/${id}/progress`, said);
}

/** What a page must never be, whatever it shows. */
function assertHarmless(html: string): void {
  for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
    if (tag.startsWith("<script")) {
      assert.match(tag, /^<script type="module" src="\/dashboard\/assets\//);
    }
    assert.doesNotMatch(tag, /(?:src|href|action)="(?!\/|#main")/, "nothing leads elsewhere");
    assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\s(?:on\w+|style)=|'/, tag.slice(0, 200));
  }
  assert(!html.includes("\u0000") && !html.includes("\u202e"), "nothing unseen");
}

Deno.test("[G17] a job's page: its route, its branches, its tries, and where its time went", async () => {
  const bench = createTestGateway({ tools: OPEN });
  const id = await bench.call("scan", { page: 7 });
  await bench.clock.pass(2_000);
  await report(bench, id, 0, { status: "received" });
  await report(bench, id, 0, { status: "processing" });
  await bench.clock.pass(3_000);
  await report(bench, id, 0, { status: "completed", duration_ms: 3_000 });
  for (const branch of ["/0:300:ab", "/1:300:ab", "/1:300:ab/0:2:cd"]) {
    await report(bench, id, 1, { status: "received", branch });
    await report(bench, id, 1, { status: "processing", branch });
  }
  await bench.clock.pass(1_000);
  await report(bench, id, 1, { status: "received", branch: "/0:300:ab" });
  const html = await textOf(bench.get(`/dashboard/jobs/${id}`));
  assertHarmless(html);
  const words = wordsOf(html);
  assert.match(words, /1 a ✓ done waited 2\.00 s worked 3\.00 s/);
  assert.match(words, /2 b ◐ working 0 of 3 1 × again/);
  assert.match(words, /3 c · ahead/);
  assert.match(words, /300 branches 299 waiting · 1 working/);
  assert.match(words, /2 branches 1 waiting · 1 working/, "a fan-out within a fan-out");
  assert.match(words, /297 further branches: waiting|298 further branches: waiting/);
  assert.match(html, new RegExp(`data-stream="/dashboard/jobs/${id}/stream\\?after=\\d+"`));
  assert.match(html, /<rect class="work"/);
  assert.match(words, /page: 7/);
  assert.match(words, /Cancel…/);
});

Deno.test("[G17] a job's page: whatever comes with a job is shown, bounded, and harms nobody", async () => {
  const bench = createTestGateway({ tools: OPEN });
  let deep: unknown = HOSTILE;
  for (let level = 0; level < 60; level++) deep = { [HOSTILE]: deep };
  const id = await bench.call("scan", { [HOSTILE]: "x".repeat(1_000_000), deep, "</textarea>": 1 });
  const more = { step: HOSTILE, message: HOSTILE, total_steps: 9 };
  for (let index = 0; index < 200; index++) {
    await report(bench, id, index % 9, { ...more, status: "received" });
    await report(bench, id, index % 9, { ...more, status: "processing" });
  }
  await report(bench, id, 0, { ...more, status: "processing", partial: HOSTILE, seq: 0 });
  await report(bench, id, 0, { status: "processing", partial: "y".repeat(1_000_000), seq: 1 });
  await bench.post(`/jobs/${id}/final`, {
    job_id: id,
    status: "failed",
    error: HOSTILE.repeat(1_000),
    error_details: { message: HOSTILE.repeat(1_000), stack: HOSTILE.repeat(10_000), deep },
    metadata: { s3_uri: "javascript:alert(1)" },
  });
  const html = await textOf(bench.get(`/dashboard/jobs/${id}`));
  assertHarmless(html);
  assert(html.includes(`href="/dashboard/dead-letters?job=${id}"`));
  assert(html.length < 2_500_000, `${html.length} characters`);
  assert.equal(html.match(/<\/textarea>/g)?.length, 1, "no text ends its field");
  const list = await textOf(bench.get("/dashboard/jobs"));
  assertHarmless(list);
  assert(list.length < 20_000, `${list.length} characters`);
});

Deno.test("[G17] a job's page: its parts can be read as they are, and nobody's browser runs them", async () => {
  const bench = createTestGateway({ tools: OPEN });
  const id = await bench.call("scan", { text: HOSTILE });
  await bench.post(`/jobs/${id}/final`, { job_id: id, status: "succeeded", result: [HOSTILE] });
  for (const [part, value] of [["payload", { text: HOSTILE }], ["result", [HOSTILE]]] as const) {
    const response = await bench.get(`/dashboard/jobs/${id}/raw/${part}`);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
    assert.deepEqual(await response.json(), value);
  }
  const whole = await (await bench.get(`/dashboard/jobs/${id}/raw/job`)).json();
  assert.equal(whole.id, id);
  for (const part of ["error", "nothing", "__proto__"]) {
    assert.equal((await bench.get(`/dashboard/jobs/${id}/raw/${part}`)).status, 404, part);
  }
});

Deno.test("[G17] a job's page: it is cancelled, and a new job made of it, from any step", async () => {
  const bench = createTestGateway({ tools: OPEN });
  const id = await bench.call("scan", { page: 7 });
  const cancelled = await send(bench, `/dashboard/jobs/${id}/cancel`);
  assert.equal(cancelled.headers.get("location"), `/dashboard/jobs/${id}`);
  const html = await textOf(bench.get(`/dashboard/jobs/${id}`));
  assert.match(html, /job cancelled/);
  assert.doesNotMatch(html, /Cancel…|data-stream/);

  const replay = `/dashboard/jobs/${id}/replay`;
  const form = { from_step: "1", payload: '{"page": 8}', key: crypto.randomUUID() };
  const made = await send(bench, replay, form);
  assert.equal(made.status, 303);
  const path = made.headers.get("location") ?? "";
  const other = await bench.store.read(path.slice("/dashboard/jobs/".length));
  assert.deepEqual([other?.payload, other?.job.firstStep, other?.job.replayOf], [
    { page: 8 },
    1,
    id,
  ]);
  assert.match(await textOf(bench.get(path)), new RegExp(`href="/dashboard/jobs/${id}"`));
  const twice = await send(bench, replay, form);
  assert.equal(twice.headers.get("location"), path, "a second click is the same wish");
  const changed = await send(bench, replay, { ...form, payload: "{}" });
  assert.notEqual(changed.headers.get("location"), path);

  const retried = await send(bench, replay);
  const again = await bench.store.read(retried.headers.get("location")?.slice(16) ?? "");
  assert.deepEqual([again?.payload, again?.job.firstStep], [{ page: 7 }, 0]);
});

Deno.test("[G17] a job's page: a form that cannot be used is shown again, as it was filled in", async () => {
  const bench = createTestGateway({ tools: OPEN });
  const id = await bench.call("scan", { page: 7 });
  const wrong: readonly (readonly [form: Record<string, string>, says: RegExp])[] = [
    [{ from_step: "1", payload: '{"page": <b>' }, /the payload is not JSON/],
    [{ from_step: "1", payload: "" }, /payload is missing; step 1/],
    [{ from_step: "9", payload: "{}" }, /from_step is 9; an integer from 0 to 2 is allowed/],
    [{ from_step: "x", payload: "{}" }, /from_step is NaN/],
  ];
  for (const [form, says] of wrong) {
    const response = await send(bench, `/dashboard/jobs/${id}/replay`, form);
    assert.equal(response.status, 400);
    const html = await response.text();
    assert.match(html, says);
    assert.match(html, /role="alert"/);
    assert.match(html, /<details class="action" data-key="replay" open/);
  }
  const { jobs } = await bench.store.list({ limit: 10 });
  assert.equal(jobs.length, 1);
});

Deno.test("[G17] a job's page: its stream goes on behind what the page shows", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  await report(bench, id, 0, { status: "received" });
  const html = await textOf(bench.get(`/dashboard/jobs/${id}`));
  const [, path = ""] = /data-stream="([^"]+)"/.exec(html) ?? [];
  await report(bench, id, 0, { status: "processing" });
  await bench.post(`/jobs/${id}/cancel`);
  const events = await textOf(bench.get(path));
  assert.doesNotMatch(events, /received/);
  assert.match(events, /processing.*job cancelled/s);
  for (const after of ["", "x", "-1", "1e99"]) {
    const all = await textOf(bench.get(`/dashboard/jobs/${id}/stream?after=${after}`));
    assert.match(all, /job cancelled/, after);
  }
});

Deno.test("[G17] jobs: filtered, searched, and page by page", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const ids: string[] = [];
  for (let index = 0; index < 60; index++) ids.push(await bench.call("scan"));
  await bench.post(`/jobs/${ids[3]}/cancel`);
  const rows = (html: string) =>
    [...html.matchAll(/<tr data-key="job ([^"]+)"/g)].map(([, id]) => id);
  const first = await textOf(bench.get("/dashboard/jobs"));
  assert.deepEqual(rows(first), ids.toReversed().slice(0, 50));
  const [, older = ""] = /href="([^"]+)" rel="next"/.exec(first) ?? [];
  const second = await textOf(bench.get(older.replaceAll("&amp;", "&")));
  assert.deepEqual(rows(second), ids.toReversed().slice(50));
  assert.match(second, /href="\/dashboard\/jobs" rel="first"/);
  assert.deepEqual(rows(await textOf(bench.get("/dashboard/jobs?status=Failed&tool="))), [ids[3]]);
  const found = `/dashboard/jobs?q=${ids[5]?.slice(0, 13)}`;
  assert.deepEqual(rows(await textOf(bench.get(found))), [ids[5]]);
  const none = await textOf(bench.get(`/dashboard/jobs?tool=${encodeURIComponent(HOSTILE)}`));
  assertHarmless(none);
  assert.match(none, /No job is as you asked for/);
  // An old link, or one with a slip, leads to a list all the same.
  const odd = await bench.get("/dashboard/jobs?status=Odd&cursor=x&more=1");
  assert.equal(rows(await odd.text()).length, 50);
});

Deno.test("[Z1] a page says its job's trace, and leads there where it is recorded", async () => {
  const env = { ASYA_TRACE_URL: "https://jaeger.example/trace/{trace_id}?a=1&b=2" };
  const id = "a".repeat(32);
  const rows: [env: Record<string, string>, flags: string, expected: string][] = [
    [env, "01", `<a href="https://jaeger.example/trace/${id}?a=1&amp;b=2" `],
    [env, "00", `<code class="breaks">${id}</code>`],
    [{}, "01", `<code class="breaks">${id}</code>`],
  ];
  for (const [env, flags, expected] of rows) {
    const bench = createTestGateway({ tools: THREE_STEPS, env });
    const traceparent = `00-${id}-${"b".repeat(16)}-${flags}`;
    const called = await bench.post("/tools/call", { name: "scan" }, { traceparent });
    const { structuredContent } = await called.json();
    const page = await textOf(bench.get(`/dashboard/jobs/${structuredContent.job_id}`));
    assert(page.includes(expected), page);
  }
});
