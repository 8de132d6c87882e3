import assert from "node:assert/strict";
import { createFailure, type Json, parseMessage, wrapFailure } from "@asya/protocol";
import { type Answer, answerContent, type HandlerContext } from "@asya/runtime";
import { noMetrics } from "@asya/runtime/testing";
import { ErrorEnd } from "./error_end.ts";
import { HappyEnd } from "./happy_end.ts";

const ctx: HandlerContext = {
  signal: new AbortController().signal,
  progress() {},
  log: { debug() {}, info() {}, warn() {}, error() {} },
  jobId: "",
  attempt: 1,
  metrics: noMetrics,
};
const created = "2026-03-04T05:06:07Z";

function message(current: number, asya: Record<string, Json> = {}) {
  const metadata = { asya: { created, ...asya } };
  return { job_id: "j1", route: { steps: ["a", "b"], current, metadata }, payload: { page: 1 } };
}

const take = (value: Json | string) => ({
  payload: {},
  raw: {
    body: typeof value === "string" ? value : JSON.stringify(value),
    encoding: "utf8" as const,
    properties: {},
  },
});

/** What error-end's queue holds when step `a` failed. */
function envelope(value: Json, severity: "fatal" | "recoverable"): string {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const parsed = parseMessage(body);
  const failure = createFailure("processing_error", "it broke", { severity });
  const work = { failure, body, step: "a", actor: "a" };
  const wrapped = wrapFailure(parsed.ok ? { ...work, message: parsed.message } : work, 1 << 20);
  return new TextDecoder().decode(wrapped.body);
}

function sendsOf(answer: Answer) {
  const content = answerContent(answer);
  assert(content?.kind === "sends", "a terminal actor answers with sends");
  return content.sends;
}

/** Runs a test with a folder for results and a gateway that always gives one answer. */
async function withPlaces(
  status: number,
  test: (env: Record<string, string>, reports: readonly Record<string, Json>[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const reports: Record<string, Json>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    reports.push(await request.json());
    return new Response("", { status });
  });
  const ASYA_GATEWAY_URL = `http://127.0.0.1:${server.addr.port}`;
  try {
    await test({ ASYA_GATEWAY_URL, ASYA_RESULTS_DIR: folder }, reports);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[D10] happy-end stores and reports, and wants nothing sent", () =>
  withPlaces(200, async (env, reports) => {
    const answer = await new HappyEnd(env).handle(take(message(2)), ctx);
    assert.deepEqual(sendsOf(answer), []);
    const path = `${env.ASYA_RESULTS_DIR}/asya-results/2026-03-04/05/b/j1.json`;
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)).result, { page: 1 });
    assert.equal(reports.length, 1);
    assert.equal(reports[0]?.status, "succeeded");
  }));

Deno.test("[D10] happy-end keeps what the gateway cannot take now", () =>
  withPlaces(503, async (env) => {
    await assert.rejects(
      new HappyEnd(env).handle(take(message(2)), ctx),
      { code: "retryable_error", severity: "recoverable" },
    );
  }));

Deno.test("[D9] happy-end dead-letters what the gateway refuses", () =>
  withPlaces(422, async (env) => {
    const [letter] = sendsOf(await new HappyEnd(env).handle(take(message(2)), ctx));
    assert.equal(letter?.queue, "dead-letter-queue");
    const { dead_letter, route, original_message } = JSON.parse(letter?.body ?? "");
    assert.equal(dead_letter.from, "happy-end");
    assert.deepEqual(route.steps, ["a", "b"]);
    assert.match(dead_letter.stored, /j1\.json$/);
    assert.deepEqual(JSON.parse(original_message), message(2));
  }));

Deno.test("[D9] happy-end dead-letters what is no message, whole", async () => {
  const [letter] = sendsOf(await new HappyEnd({}).handle(take("what?"), ctx));
  assert.equal(JSON.parse(letter?.body ?? "").original_message, "what?");
});

Deno.test("[D13] happy-end tells a join of an empty branch", async () => {
  const branch = "/0:2:ab";
  const sends = sendsOf(
    await new HappyEnd({}).handle(take(message(0, { branch, joins: [1] })), ctx),
  );
  assert.deepEqual(sends.map((send) => send.queue), ["b"]);
  assert.deepEqual(sends[0]?.message?.payload, { branch, outcome: "empty" });
});

Deno.test("[D8] error-end sends what may be retried back, and tells those who watch", () =>
  withPlaces(200, async (env, reports) => {
    const errorEnd = new ErrorEnd(env);
    const retry = { a: { attempts: 2, base: 90 } };
    const failed = take(envelope(message(0, { retry }), "recoverable"));
    const [sent, ...more] = sendsOf(await errorEnd.handle(failed, ctx));
    await errorEnd.close();
    assert.deepEqual(more, []);
    assert.equal(sent?.queue, "a");
    assert.equal(sent?.delayMs, 90_000);
    assert.deepEqual(reports, [{
      actor_name: "a",
      status: "error",
      message: "retry 1 of 1 in 1m30s, after processing_error: it broke",
      step_index: 0,
    }]);
  }));

Deno.test("[D13] error-end tells a join of a lost branch, and those who watch the job", () =>
  withPlaces(200, async ({ ASYA_RESULTS_DIR: _, ...env }, reports) => {
    const errorEnd = new ErrorEnd(env);
    const branch = "/0:2:ab";
    const lost = take(envelope(message(0, { branch, joins: [1], at: 0, attempt: 4 }), "fatal"));
    const queues = sendsOf(await errorEnd.handle(lost, ctx)).map(({ queue }) => queue);
    await errorEnd.close();
    assert.deepEqual(queues, ["b", "dead-letter-queue"]);
    const said = "given up after 4 tries: processing_error: it broke; the join is told";
    assert.deepEqual(reports, [{
      ...{ actor_name: "a", status: "error", message: said, step_index: 0 },
      ...{ branch, branch_outcome: "failed" },
    }]);
  }));

Deno.test("[D21] nobody who could be told of a retry holds it up", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked.resolve();
    return answer.promise;
  });
  const lost: unknown[] = [];
  const debug = (message: string, fields?: object) => void lost.push([message, { ...fields }]);
  const errorEnd = new ErrorEnd({ ASYA_GATEWAY_URL: `http://127.0.0.1:${server.addr.port}` });
  const failed = take(envelope(message(0), "recoverable"));
  const [sent] = sendsOf(
    await errorEnd.handle(failed, { ...ctx, log: { ...ctx.log, debug } }),
  );
  assert.equal(sent?.delayMs, 5_000, "the retry is there, and the gateway has not answered");
  await asked.promise;
  answer.resolve(new Response("", { status: 503 }));
  await errorEnd.close();
  assert.deepEqual(lost, [["those who watch the job are not told what becomes of failed work", {
    job_id: "j1",
    reason: "the gateway answered 503",
  }]]);
  await server.shutdown();
});

Deno.test("[D9] error-end stores, reports and dead-letters what it gives up", () =>
  withPlaces(200, async (env, reports) => {
    const answer = await new ErrorEnd(env).handle(take(envelope(message(1), "fatal")), ctx);
    const [letter, ...more] = sendsOf(answer);
    assert.deepEqual(more, []);
    const { dead_letter, error_details } = JSON.parse(letter?.body ?? "");
    const path = `${env.ASYA_RESULTS_DIR}/asya-errors/2026-03-04/05/a/j1.json`;
    assert.equal(dead_letter.stored, `file://${path}`);
    assert.equal(error_details.step, "a");
    assert.equal(JSON.parse(await Deno.readTextFile(path)).status, "failed");
    assert.equal(reports[0]?.status, "failed");
    assert.equal(reports[0]?.error, "processing_error");
  }));

Deno.test("[D9] a failure whose job the gateway refuses is one dead letter, not two", () =>
  withPlaces(400, async (env) => {
    const answer = await new ErrorEnd(env).handle(take(envelope(message(0), "fatal")), ctx);
    assert.equal(sendsOf(answer).length, 1);
  }));

Deno.test("[D13] error-end tells a join of a branch that it gives up, before the letter", async () => {
  const failed = envelope(message(0, { branch: "/0:2:ab", joins: [1] }), "fatal");
  const sends = sendsOf(await new ErrorEnd({}).handle(take(failed), ctx));
  assert.deepEqual(sends.map((send) => send.queue), ["b", "dead-letter-queue"]);
});

Deno.test("settings that are wrong stop a terminal actor at its start", () => {
  const env = { ASYA_GATEWAY_URL: "gateway", ASYA_RESULTS_DIR: "results" };
  assert.throws(() => new HappyEnd(env), /ASYA_GATEWAY_URL.*\n.*ASYA_RESULTS_DIR/);
});
