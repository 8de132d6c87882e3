import assert from "node:assert/strict";
import { startOtlpReceiver } from "../../tests/kit/otlp.ts";
import { askCollector } from "./ask_collector.ts";
import type { Collector } from "../plan/collector.ts";
import { judgeCollector } from "./judge_collector.ts";

const pure = { permissions: "none" } as const;
const contentType = "application/x-protobuf";

Deno.test("[Z5] a collector that is not there, or takes nothing, is a warning", pure, () => {
  const url = "http://ada:secret@a:1/v1/traces?api_key=secret";
  const collector: Collector = { url, headers: {}, contentType };
  assert.equal(judgeCollector(collector, { status: 200 })[0]?.level, "ok");
  for (const answer of [{ status: 404 }, { reason: "refused" }]) {
    const [found] = judgeCollector(collector, answer);
    assert.equal(found?.level, "warning");
    assert.doesNotMatch(JSON.stringify(found), /secret/);
  }
});

Deno.test("[Z5] a collector is asked without giving it anything", async () => {
  await using receiver = startOtlpReceiver();
  const { signal } = new AbortController();
  const url = `${receiver.url}/v1/traces`;
  const collector: Collector = { url, headers: {}, contentType: "application/json" };
  assert.deepEqual(await askCollector(collector, signal), { status: 200 });
  // This one takes JSON alone, and says so.
  assert.deepEqual(await askCollector({ ...collector, contentType }, signal), { status: 400 });
  assert.deepEqual(receiver.spans, []);
  await receiver[Symbol.asyncDispose]();
  assert("reason" in await askCollector(collector, signal));
});

Deno.test("[Z5] a secret that no request can be made of is not told", pure, async () => {
  const { signal } = new AbortController();
  const cases: readonly Collector[] = [
    { url: "http://ada:secret@[bad/v1/traces", headers: {}, contentType },
    { url: "secret", headers: {}, contentType },
    { url: "http://127.0.0.1:1/v1/traces", headers: { authorization: "secret\nx" }, contentType },
    { url: "http://127.0.0.1:1/v1/traces?secret", headers: { "no header": "secret" }, contentType },
  ];
  for (const collector of cases) {
    const answer = await askCollector(collector, signal);
    assert("reason" in answer, collector.url);
    assert.doesNotMatch(JSON.stringify(judgeCollector(collector, answer)), /secret/);
  }
});
