import assert from "node:assert/strict";
import { createGatewayReporter } from "./gateway_report.ts";
import { afterReport, judgeAnswer } from "./gateway_answer.ts";
import type { Json } from "@asya/protocol";

/** What a gateway was asked. */
interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: Record<string, Json>;
}

/** Runs a test against a real HTTP server that gives one answer after the other. */
async function withGateway(
  answers: readonly Response[],
  test: (url: string, asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname;
    const authorization = request.headers.get("authorization");
    asked.push({ path, authorization, body: await request.json() });
    return answers[asked.length - 1] ?? new Response("one too many", { status: 500 });
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(`status ${code}`, { status: code, headers });
const final = {
  jobId: "j/1",
  status: "succeeded",
  result: { answer: 42 },
  resultUri: "file:///r/j1.json",
} as const;
const never = new AbortController().signal;

Deno.test("[D10] a report says what the gateway wants to know, and who says it", () =>
  withGateway([status(200)], async (url, asked) => {
    const reporter = createGatewayReporter({ url: `${url}/`, token: "hush" });
    assert.deepEqual(await reporter.report(final, never), { kind: "reported" });
    assert.deepEqual(asked, [{
      path: "/jobs/j%2F1/final",
      authorization: "Bearer hush",
      body: {
        job_id: "j/1",
        status: "succeeded",
        result: { answer: 42 },
        metadata: { s3_uri: "file:///r/j1.json" },
      },
    }]);
  }));

Deno.test("[D10] what each answer means, and what follows when the outcome is stored or not", () => {
  const cases = [
    [200, "reported", "done", "done"],
    [204, "reported", "done", "done"],
    [409, "reported", "done", "done"],
    [410, "reported", "done", "done"],
    [404, "unknown_job", "done", "dead_letter"],
    [400, "refused", "dead_letter", "dead_letter"],
    [422, "refused", "dead_letter", "dead_letter"],
    [401, "unavailable", "try_later", "try_later"],
    [403, "unavailable", "try_later", "try_later"],
    [408, "unavailable", "try_later", "try_later"],
    [429, "unavailable", "try_later", "try_later"],
    [301, "unavailable", "try_later", "try_later"],
    [500, "unavailable", "try_later", "try_later"],
    [503, "unavailable", "try_later", "try_later"],
  ] as const;
  for (const [code, verdict, stored, notStored] of cases) {
    assert.equal(judgeAnswer(code), verdict, String(code));
    const outcome = verdict === "reported" || verdict === "unknown_job"
      ? { kind: verdict }
      : { kind: verdict, status: code, detail: "" };
    assert.equal(afterReport(outcome, true), stored, `${code}, stored`);
    assert.equal(afterReport(outcome, false), notStored, `${code}, not stored`);
  }
});

Deno.test("[D10] a result that is too large is reported by its place", () =>
  withGateway([status(413), status(200)], async (url, asked) => {
    const reporter = createGatewayReporter({ url });
    assert.deepEqual(await reporter.report(final, never), { kind: "reported" });
    assert.deepEqual(asked[1]?.body, {
      job_id: "j/1",
      status: "succeeded",
      metadata: { s3_uri: "file:///r/j1.json" },
    });
  }));

Deno.test("[D10] a report that is too large without its result is refused", () =>
  withGateway([status(413), status(413)], async (url, asked) => {
    const outcome = await createGatewayReporter({ url }).report(final, never);
    assert.equal(outcome.kind, "refused");
    assert.equal(asked.length, 2);
  }));

Deno.test("[D10] an outage that passes is not seen", () =>
  withGateway([status(503), status(401), status(200)], async (url, asked) => {
    const outcome = await createGatewayReporter({ url }).report(final, never);
    assert.deepEqual(outcome, { kind: "reported" });
    assert.equal(asked.length, 3);
  }));

Deno.test("[D10] an outage that lasts leaves the report for later, when the gateway says", () =>
  withGateway([status(429, { "retry-after": "17" })], async (url) => {
    const reporter = createGatewayReporter({ url, maxTries: 1 });
    assert.deepEqual(await reporter.report(final, never), {
      kind: "unavailable",
      detail: "the gateway answered 429: status 429",
      retryAfterSeconds: 17,
    });
  }));

Deno.test("[D10] a redirect is not followed: it would lose the report", () =>
  withGateway([status(302, { location: "/elsewhere" })], async (url, asked) => {
    const outcome = await createGatewayReporter({ url, maxTries: 1 }).report(final, never);
    assert.equal(outcome.kind, "unavailable");
    assert.equal(asked.length, 1);
  }));

Deno.test("[D10] no gateway at all, and one that never answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const silent = createGatewayReporter({ url, maxTries: 1, timeoutMs: 20 });
  assert.equal((await silent.report(final, never)).kind, "unavailable");
  listener.close();
  const gone = createGatewayReporter({ url, maxTries: 2 });
  assert.equal((await gone.report(final, never)).kind, "unavailable");
});

Deno.test("a call that is cancelled stops waiting for the gateway", () =>
  withGateway([status(503)], async (url, asked) => {
    const controller = new AbortController();
    const reported = createGatewayReporter({ url, maxTries: 1_000 }).report(
      final,
      controller.signal,
    );
    controller.abort();
    assert.equal((await reported).kind, "unavailable");
    assert(asked.length <= 1, "no further try");
  }));
