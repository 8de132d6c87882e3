import assert from "node:assert/strict";
import { isJsonObject, type Json } from "@asya/protocol";
import type { PostResult, QueuedReport } from "./report.ts";
import { turn } from "./testing/fake_clock.ts";
import type { FakeHost } from "./testing/fake_host.ts";
import { FakeSidecar, type FakeSidecarChange } from "./testing/fake_sidecar.ts";
import { CREATED, sampleBody } from "./testing/samples.ts";

/** A gateway in memory: it keeps what is reported, and knows who no longer waits. */
class FakeGateway {
  readonly reports: Record<string, Json>[] = [];
  readonly inactive: string[] = [];
  isAway = false;

  /** Lets it answer, where it was told to be slow. */
  answer = () => {};
  #mayAnswer = Promise.resolve();

  readonly post = async (reports: readonly QueuedReport[]): Promise<PostResult> => {
    if (this.isAway) return { kind: "unreachable", reason: "away" };
    await this.#mayAnswer;
    this.reports.push(...reports.map(({ json }) => JSON.parse(json)));
    return { kind: "accepted", inactive: this.inactive.splice(0) };
  };

  /** Takes its time from here on, until it is told to answer. */
  slow(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mayAnswer = promise;
    this.answer = resolve;
  }
}

function reports(
  name: string,
  fn: (fake: FakeSidecar, gateway: FakeGateway) => Promise<void>,
  change: FakeSidecarChange = {},
): void {
  Deno.test({
    name,
    permissions: "none",
    fn: async () => {
      const gateway = new FakeGateway();
      const fake = new FakeSidecar({ ...change, post: gateway.post });
      await fn(fake, gateway);
      await fake.end();
      assert.equal(fake.clock.waiting, 0);
    },
  });
}

reports("[D12] a step is reported as received, processing and completed", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host();
  const metadata = { asya: { created: CREATED, branch: "/0:2:ab" } };
  const body = sampleBody({ route: { steps: ["a", "ocr", "classify"], current: 1, metadata } });
  await fake.send(body);
  await fake.clock.pass(1500);
  host.reply({});
  await fake.clock.pass(100);
  const base = { job_id: "j1", step: "ocr", step_index: 1, total_steps: 3, branch: "/0:2:ab" };
  const size = Math.round(JSON.stringify(body).length / 10.24) / 100;
  assert.deepEqual(gateway.reports, [
    {
      ...base,
      actor_name: "ocr-actor",
      status: "received",
      message: "received by ocr",
      message_size_kb: size,
    },
    { ...base, actor_name: "ocr-actor", status: "processing", message: "processing in ocr" },
    {
      ...base,
      actor_name: "ocr-actor",
      status: "completed",
      message: "completed by ocr",
      duration_ms: 1500,
    },
  ]);
});

reports(
  "[R10] what a handler says and streams is reported, chunks in order",
  async (fake, gateway) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send();
    const say = host.calls[0]?.request.onProgress;
    say?.({ fraction: 0.5, message: "page 3" });
    say?.({ data: "Hel" });
    say?.({ data: { text: "lo" } });
    await fake.clock.pass(100);
    const said = gateway.reports.slice(2).map(({ status, message, fraction, partial, seq }) => ({
      ...{ status, message, fraction, partial, seq },
    }));
    const message = "processing in ocr";
    assert.deepEqual(said, [
      {
        status: "processing",
        message: "page 3",
        fraction: 0.5,
        partial: undefined,
        seq: undefined,
      },
      { status: "processing", message, fraction: undefined, partial: "Hel", seq: 0 },
      { status: "processing", message, fraction: undefined, partial: { text: "lo" }, seq: 1 },
    ]);
    host.reply({});
    await turn();
  },
);

for (const end of ["a result", "a failure"] as const) {
  const settle = (host: FakeHost) =>
    end === "a result" ? host.reply({}) : host.calls[0]?.end({ kind: "timed_out" });
  const queue = end === "a result" ? "classify" : "error-end";

  reports(`[D23] ${end} follows what the handler streamed`, async (fake, gateway) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send();
    await fake.clock.pass(100);
    gateway.slow();
    host.calls[0]?.request.onProgress({ data: "last" });
    settle(host);
    await fake.clock.pass(100);
    assert.deepEqual(await fake.take(queue), []);
    gateway.answer();
    await turn();
    assert.equal((await fake.take(queue)).length, 1);
    assert.equal(gateway.reports.at(-1)?.partial, "last");
  });

  reports(`[D12] ${end} does not wait for a slow gateway for long`, async (fake, gateway) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send();
    await fake.clock.pass(100);
    gateway.slow();
    host.calls[0]?.request.onProgress({ data: "last" });
    settle(host);
    await fake.clock.pass(250);
    assert.equal((await fake.take(queue)).length, 1);
    assert(
      fake.events.some((event) => event.kind === "chunks_awaited" && event.outcome === "late"),
    );
    await fake.send();
    host.calls[0]?.request.onProgress({ data: "next" });
    settle(host);
    await turn();
    assert.equal((await fake.take(queue)).length, 1, "the next one does not wait at all");
    gateway.answer();
  });
}

reports("[D12] a call that streams nothing waits for no gateway", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send();
  gateway.slow();
  host.calls[0]?.request.onProgress({ fraction: 0.5, message: "page 3" });
  host.reply({});
  await turn();
  assert.equal((await fake.take("classify")).length, 1);
  gateway.answer();
});

reports("[D12] [D23] a call that waits holds up no other one", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host({ concurrency: 2 });
  await fake.send();
  await fake.send();
  await fake.clock.pass(100);
  gateway.slow();
  host.calls[0]?.request.onProgress({ data: "last" });
  host.reply({ is: "held" });
  host.reply({ goes: "on" });
  await fake.clock.pass(0);
  const bodies = await fake.take("classify");
  assert.deepEqual(bodies.map((body) => isJsonObject(body) && body.payload), [{ goes: "on" }]);
  gateway.answer();
  await turn();
  assert.equal((await fake.take("classify")).length, 1);
}, { options: { prefetch: 2 } });

reports(
  "[D15] [D23] a job that the awaited answer calls cancelled goes no further",
  async (fake, gateway) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send();
    await fake.clock.pass(100);
    gateway.inactive.push("j1");
    host.calls[0]?.request.onProgress({ data: "last" });
    host.reply({});
    await fake.clock.pass(100);
    assert.deepEqual(await fake.take("classify"), []);
    assert(fake.kinds().includes("dropped"));
  },
);

reports("a failure is reported by error-end, not here", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send();
  host.calls[0]?.end({ kind: "timed_out" });
  await fake.clock.pass(100);
  assert.deepEqual(gateway.reports.map(({ status }) => status), ["received", "processing"]);
});

reports("a join that took its message in has not completed", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host();
  await fake.send();
  host.calls[0]?.end({ kind: "replied", reply: { kind: "absorbed" } });
  await fake.clock.pass(100);
  assert.deepEqual(gateway.reports.map(({ status }) => status), ["received", "processing"]);
});

reports(
  "[D15] a call whose job was cancelled is stopped and its message dropped",
  async (fake, gateway) => {
    await fake.start("classify");
    const host = await fake.host();
    await fake.send();
    await fake.clock.pass(4_000);
    assert.deepEqual(host.cancelled, []);
    gateway.inactive.push("j1");
    await fake.clock.pass(2_000);
    assert.deepEqual(host.cancelled, [host.calls[0]?.call], "the heartbeat's answer named it");
    host.reply({ too: "late" });
    await turn();
    assert.deepEqual(await fake.take("classify"), []);
    assert.equal((await fake.broker.inspect("ocr"))?.unacked, 0);
    await fake.send();
    assert.equal(host.calls.length, 0, "the job's next message is not worked on either");
    assert.equal(fake.kinds().filter((kind) => kind === "dropped").length, 2);
  },
);

reports("[D12] messages go on as ever while the gateway is away", async (fake, gateway) => {
  await fake.start("classify");
  const host = await fake.host();
  gateway.isAway = true;
  for (let number = 0; number < 10; number++) {
    await fake.send();
    host.reply({ number });
    await turn();
  }
  assert.equal((await fake.take("classify")).length, 10);
  gateway.isAway = false;
  await fake.clock.pass(6_000);
  assert.equal(gateway.reports.filter(({ status }) => status === "completed").length, 10);
});

reports("a terminal actor reports no progress", async (fake, gateway) => {
  await fake.start();
  const host = await fake.host();
  await fake.send();
  host.reply({});
  await fake.clock.pass(100);
  assert.deepEqual(gateway.reports, []);
}, { policy: { isTerminal: true, queue: "happy-end" } });

for (const [direction, byMs] of [["forth", 3_600_000], ["back", -3_600_000]] as const) {
  reports(
    `a clock that is set ${direction} ends no call and holds up no report`,
    async (fake, gateway) => {
      await fake.start("classify");
      const host = await fake.host();
      await fake.send();
      await fake.clock.pass(1_000);
      fake.clock.set(byMs);
      await fake.clock.pass(10_000);
      assert.deepEqual(host.cancelled, []);
      host.reply({});
      await fake.clock.pass(100);
      const last = gateway.reports.at(-1);
      assert.equal(last?.status, "completed");
      assert.equal(last?.duration_ms, 11_000);
    },
  );
}
