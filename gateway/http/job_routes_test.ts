import type { JsonObject } from "@asya/protocol";
import assert from "node:assert/strict";
import {
  createTestGateway,
  type TestGateway,
  THREE_STEPS,
  YAML_ENV,
} from "../testing/test_gateway.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: { env: YAML_ENV }, fn });
}

function progressOf(stepIndex: number, status: string, more: object = {}): JsonObject {
  const step = ["a", "b", "c"][stepIndex] ?? "?";
  return { step, step_index: stepIndex, total_steps: 3, status, actor_name: step, ...more };
}

async function jobOf(bench: TestGateway, id: string) {
  return await (await bench.get(`/jobs/${id}`)).json();
}

test("[G4] a job goes from its call to its end, and shows its progress by the formula", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  assert.equal((await jobOf(bench, id)).status, "Pending");
  const shown = [];
  for (const stepIndex of [0, 1, 2]) {
    for (const status of ["received", "processing", "completed"]) {
      const response = await bench.post(`/jobs/${id}/progress`, progressOf(stepIndex, status));
      const answer = await response.json();
      assert.equal(answer.status, "ok");
      shown.push(answer.progress_percent);
    }
  }
  assert.deepEqual(shown, [3.3, 16.7, 33.3, 36.7, 50, 66.7, 70, 83.3, 100]);
  const answer = await bench.post(`/jobs/${id}/final`, {
    job_id: id,
    status: "succeeded",
    result: { n: 1 },
    progress: 5,
    metadata: { s3_uri: "s3://bucket/key" },
    timestamp: "2026-01-01T00:00:00Z",
  });
  assert.deepEqual([answer.status, await answer.json()], [200, { status: "ok" }]);
  const job = await jobOf(bench, id);
  assert.equal(job.status, "Succeeded");
  assert.equal(job.progress_percent, 100);
  assert.deepEqual(job.result, { n: 1 });
  assert.equal(job.result_uri, "s3://bucket/key");
});

test("[G2] the message of a call has everything that the wire asks for", async () => {
  const bench = createTestGateway({
    tools: `
      tools:
        - name: scan
          parameters: { page: { type: integer, default: 1 } }
          route: [split, { join: merge, quorum: 2, timeout: 30s }]
          metadata: { team: ml }
          timeout: 60`,
  });
  const id = await bench.call("scan");
  const [message] = bench.sent;
  const body = JSON.parse(new TextDecoder().decode(message?.body));
  const { traceparent } = body.headers;
  assert.match(traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  assert.equal(message?.queue, "split");
  assert.deepEqual(message?.headers, { traceparent });
  assert.match(message?.messageId ?? "", /^asya1-/);
  const deadline = "2026-01-01T00:01:00.000Z";
  assert.deepEqual(body, {
    job_id: id,
    route: {
      steps: ["split", "merge"],
      current: 0,
      metadata: {
        team: "ml",
        asya: {
          created: "2026-01-01T00:00:00.000Z",
          deadline,
          joins: [1],
          join: { merge: { quorum: 2, timeout: 30 } },
        },
      },
    },
    headers: { traceparent },
    deadline,
    payload: { page: 1 },
  });
});

test("[Z1] a caller's trace is carried on as it is, where none is recorded here", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  for (const flags of ["01", "00"]) {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
    const response = await bench.post("/tools/call", { name: "scan" }, { traceparent });
    const { structuredContent } = await response.json();
    await bench.clock.pass(0);
    assert.deepEqual(bench.sent.at(-1)?.headers, { traceparent });
    assert.equal((await jobOf(bench, structuredContent.job_id)).trace_id, "a".repeat(32));
  }
});

test("[Z1] without a caller's trace a job has one of its own, which nobody records", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const ids = [await bench.call("scan"), await bench.call("scan")];
  const [first, second] = bench.sent.map(({ headers }) => headers?.traceparent ?? "");
  for (const traceparent of [first, second]) {
    assert.match(traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  }
  assert.notEqual(first?.slice(3, 35), second?.slice(3, 35));
  assert.equal((await jobOf(bench, ids[0]!)).trace_id, first?.slice(3, 35));
});

test("[G3] a terminal state never changes, and late reports are acknowledged", async () => {
  for (const end of ["succeeded", "failed"]) {
    const bench = createTestGateway({ tools: THREE_STEPS });
    const id = await bench.call("scan");
    await bench.post(`/jobs/${id}/final`, { status: end, result: 1, error: "e" });
    const before = await jobOf(bench, id);
    for (
      const [path, body] of [
        ["progress", progressOf(2, "completed")],
        ["final", { status: "succeeded", result: 2 }],
        ["final", { status: "failed", error: "late" }],
        ["heartbeat", { actor_name: "a", status: "error" }],
        ["cancel", {}],
      ] as const
    ) {
      const response = await bench.post(`/jobs/${id}/${path}`, body);
      assert.equal(response.status, 200, path);
    }
    await bench.clock.pass(1e6);
    assert.deepEqual(await jobOf(bench, id), before);
  }
});

test("reports that cannot be understood are 400, about unknown jobs 404", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const good = progressOf(0, "received");
  const rows: [string, unknown, number][] = [
    [`/jobs/${id}/progress`, { ...good, status: "done" }, 400],
    [`/jobs/${id}/progress`, [], 400],
    [`/jobs/${id}/progress`, "{", 400],
    [`/jobs/${id}/heartbeat`, { actor_name: "a", status: "received" }, 400],
    [`/jobs/${id}/heartbeat`, { actor_name: "a", status: "picked_up" }, 200],
    [`/jobs/${id}/final`, { status: "Succeeded" }, 400],
    [`/jobs/${id}/final`, { status: "succeeded", job_id: "other" }, 400],
    [`/jobs/${id}/final`, { status: "succeeded", branch: "0:2" }, 400],
    ["/jobs/unknown/progress", good, 404],
    ["/jobs/unknown/heartbeat", { actor_name: "a", status: "picked_up" }, 404],
    ["/jobs/unknown/final", { status: "succeeded" }, 404],
    ["/jobs/unknown/cancel", {}, 404],
    ["/jobs/unknown/retry", {}, 404],
    ["/progress", { updates: "x" }, 400],
    ["/progress", [], 400],
  ];
  for (const [path, body, status] of rows) {
    const response = await bench.post(path, body);
    assert.equal(response.status, status, `${path} ${JSON.stringify(body)}`);
    const answer = await response.json();
    if (status !== 200) assert.equal(typeof answer.error, "string");
  }
});

test("[G10] a batch answers with the jobs to stop, and a bad report does not spoil it", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const [running, cancelled, late, failed] = await Promise.all(
    ["", "", "", ""].map(() => bench.call("scan")),
  ) as [string, string, string, string];
  await bench.post(`/jobs/${cancelled}/cancel`);
  await bench.post(`/jobs/${failed}/final`, { status: "failed", branch: "/0:2:ab" });
  await bench.clock.pass(60_000);
  await bench.post(`/jobs/${late}/progress`, progressOf(0, "received"));
  const again = await bench.call("scan");
  const update = (job_id: string) => ({ job_id, ...progressOf(0, "received") });
  const ids = [running, cancelled, late, failed, again, "unknown"];
  const response = await bench.post("/progress", {
    updates: [...ids.map(update), { job_id: again }, update(cancelled)],
  });
  const answer = await response.json();
  assert.equal(response.status, 200);
  assert.deepEqual(answer.inactive.sort(), [running, cancelled, late].sort());
  assert.equal(answer.problems.length > 1, true);
  const invalid = bench.eventsOf("report").filter(({ outcome }) => outcome === "invalid");
  assert.equal(invalid.length, 1);
  assert.equal((await jobOf(bench, again)).progress_percent, 3.3);
});

test("[G10] a cancelled job fails at once, and single reports say so too", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const cancelled = await bench.post(`/jobs/${id}/cancel`);
  const job = await cancelled.json();
  assert.deepEqual([cancelled.status, job.status, job.error], [200, "Failed", "job cancelled"]);
  const answer = await bench.post(`/jobs/${id}/progress`, progressOf(0, "completed"));
  assert.deepEqual(await answer.json(), { status: "ok", progress_percent: 0, inactive: [id] });
});

test("[G8] a passed deadline fails the job, whoever looks first", async () => {
  const looks: ((bench: TestGateway, id: string) => Promise<unknown>)[] = [
    (bench, id) => bench.get(`/jobs/${id}`),
    (bench, id) => bench.post(`/jobs/${id}/final`, { status: "succeeded", result: 1 }),
    (bench, id) => bench.get(`/jobs/${id}/active`),
  ];
  for (const look of looks) {
    const bench = createTestGateway({ tools: THREE_STEPS });
    const id = await bench.call("scan");
    await bench.clock.pass(60_000);
    await look(bench, id);
    const job = await jobOf(bench, id);
    assert.deepEqual([job.status, job.error], ["Failed", "job timed out"]);
    assert.deepEqual(bench.eventsOf("job_ended").map(({ by }) => by), ["deadline"]);
  }
});

test("[G8] a passed deadline fails the job when nobody looks", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  await bench.gateway.start();
  await bench.call("scan");
  await bench.clock.pass(59_900);
  assert.equal(bench.eventsOf("job_ended").length, 0);
  await bench.clock.pass(1_000);
  assert.equal(bench.eventsOf("job_ended").length, 1);
  await bench.gateway.close();
});

test("finished jobs are deleted after their time", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, env: { ASYA_JOB_TTL: "1h" } });
  await bench.gateway.start();
  const id = await bench.call("scan");
  await bench.post(`/jobs/${id}/cancel`);
  await bench.clock.pass(3_590_000);
  assert.equal((await bench.get(`/jobs/${id}`)).status, 200);
  await bench.clock.pass(20_000);
  assert.equal((await bench.get(`/jobs/${id}`)).status, 404);
  await bench.gateway.close();
});

test("active: 200 while a job is, 410 when it is not or never was", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const active = async (id: string) => {
    const response = await bench.get(`/jobs/${id}/active`);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await active(id), [200, { active: true }]);
  await bench.post(`/jobs/${id}/cancel`);
  assert.deepEqual(await active(id), [410, { active: false }]);
  assert.deepEqual(await active("unknown"), [410, { active: false }]);
});

test("[D13] branches end the job with their results in order", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  for (const index of [2, 0, 1]) {
    const branch = `/${index}:3:ab`;
    await bench.post(`/jobs/${id}/progress`, progressOf(1, "received", { branch }));
    await bench.post(`/jobs/${id}/final`, { status: "succeeded", branch, result: index });
  }
  const job = await jobOf(bench, id);
  assert.deepEqual([job.status, job.result], ["Succeeded", [0, 1, 2]]);
});

test("a job that failed by a branch shows what the others made, also later", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const final = (index: number, status: string) =>
    bench.post(`/jobs/${id}/final`, {
      status,
      branch: `/${index}:3:ab`,
      result: index,
      error: "e",
    });
  await final(0, "succeeded");
  await final(1, "failed");
  assert.deepEqual((await jobOf(bench, id)).partial_results, [0, null, null]);
  await final(2, "succeeded");
  const job = await jobOf(bench, id);
  assert.deepEqual([job.status, job.error, job.partial_results], ["Failed", "e", [0, null, 2]]);
});

test("a replay is a new job from a step, with the payload that it needs", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  await bench.post(`/jobs/${id}/final`, { status: "failed", error: "e" });
  const refused: unknown[] = [
    { from_step: 1 },
    { from_step: 3, payload: {} },
    { from_step: -1, payload: {} },
    { from_step: "1", payload: {} },
    [],
    "{",
  ];
  for (const body of refused) {
    const response = await bench.post(`/jobs/${id}/retry`, body);
    assert.equal(response.status, 400, JSON.stringify(body));
  }
  const again = await (await bench.post(`/jobs/${id}/retry`, "")).json();
  assert.deepEqual([again.status, again.replay_of, again.route.current], ["Pending", id, 0]);
  const response = await bench.post(`/jobs/${id}/retry`, { from_step: 2, payload: { edited: 1 } });
  const from = await response.json();
  assert.deepEqual([response.status, from.job_id], [200, from.id]);
  assert.deepEqual([from.payload, from.current_step], [{ edited: 1 }, "c"]);
  await bench.clock.pass(0);
  const last = JSON.parse(new TextDecoder().decode(bench.sent.at(-1)?.body));
  assert.equal(bench.sent.at(-1)?.queue, "c");
  assert.deepEqual(
    [last.route.steps, last.route.current, last.route.metadata.asya.replay],
    [["a", "b", "c"], 2, id],
  );
});

test("what a replay from the middle was given is not for the first step", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  const from = { from_step: 2, payload: { for: "c" } };
  const middle = await (await bench.post(`/jobs/${id}/retry`, from)).json();
  for (const body of ["", { from_step: 0 }, { from_step: 2 }]) {
    const response = await bench.post(`/jobs/${middle.id}/retry`, body);
    const { error } = await response.json();
    assert.deepEqual([response.status, error.startsWith("payload is missing")], [400, true]);
  }
  const given = await bench.post(`/jobs/${middle.id}/retry`, {
    from_step: 0,
    payload: { for: "a" },
  });
  assert.equal(given.status, 200);
});

test("a replay of what needs no actor is answered at once, as its call was", async () => {
  const bench = createTestGateway();
  const id = await bench.call("echo", { message: "hi" });
  const again = await (await bench.post(`/jobs/${id}/retry`, "")).json();
  assert.deepEqual([again.status, again.replay_of], ["Succeeded", id]);
  const other = { from_step: 0, payload: { message: "ho" } };
  const { id: otherId } = await (await bench.post(`/jobs/${id}/retry`, other)).json();
  assert.deepEqual((await jobOf(bench, otherId)).result, { message: "ho" });
  assert.deepEqual(bench.sent, []);
});

test("jobs are listed newest first, with a cursor, and bad queries are 400", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const ids = [];
  for (let index = 0; index < 5; index++) ids.unshift(await bench.call("scan"));
  await bench.post(`/jobs/${ids[4]}/cancel`);
  const list = async (query: string) => await (await bench.get(`/jobs${query}`)).json();
  const first = await list("?limit=3");
  assert.deepEqual(first.jobs.map(({ id }: { id: string }) => id), ids.slice(0, 3));
  const second = await list(`?limit=3&cursor=${first.next_cursor}`);
  assert.deepEqual(second.jobs.map(({ id }: { id: string }) => id), ids.slice(3));
  assert.equal(second.next_cursor, undefined);
  assert.equal((await list("?status=Failed")).jobs.length, 1);
  assert.equal((await list("?tool=other")).jobs.length, 0);
  assert.equal(first.jobs[0].payload, undefined);
  for (const query of ["?limit=0", "?limit=x", "?limit=501", "?status=done", "?cursor=a"]) {
    assert.equal((await bench.get(`/jobs${query}`)).status, 400, query);
  }
});

test("[D3] a job whose first queue never comes fails, and says which", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS, outcome: () => "unroutable" });
  const id = await bench.call("scan");
  await bench.clock.pass(32_000);
  const job = await jobOf(bench, id);
  assert.equal(job.status, "Failed");
  assert.match(job.error, /no queue named "a"/);
  assert.equal(job.error_details.code, "route_error");
});

test("[G3] replaying a job leaves the old one as it was", async () => {
  const bench = createTestGateway({ tools: THREE_STEPS });
  const id = await bench.call("scan");
  await bench.post(`/jobs/${id}/cancel`);
  const before = await jobOf(bench, id);
  await bench.post(`/jobs/${id}/retry`, {});
  assert.deepEqual(await jobOf(bench, id), before);
});
