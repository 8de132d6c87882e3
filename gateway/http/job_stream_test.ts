import assert from "node:assert/strict";
import { freePort } from "../../tests/kit/free_port.ts";
import { inTime, poll } from "../../tests/kit/poll.ts";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import { openSqliteStore } from "../stores/sqlite.ts";
import {
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  THREE_STEPS,
} from "../testing/test_gateway.ts";

/** A gateway on loopback. */
class Bench implements AsyncDisposable {
  readonly test: TestGateway;
  readonly url: string;
  readonly #server: Deno.HttpServer;

  constructor(options: TestGatewayOptions = {}) {
    this.test = createTestGateway({ tools: THREE_STEPS, ...options });
    const port = freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      this.test.gateway.fetch,
    );
  }

  async open(id: string, lastEventId?: number): Promise<SseReader> {
    const headers = new Headers();
    if (lastEventId !== undefined) headers.set("last-event-id", String(lastEventId));
    return new SseReader(await fetch(`${this.url}/jobs/${id}/stream`, { headers }));
  }

  async progress(id: string, stepIndex: number, status: string, more: object = {}): Promise<void> {
    const step = ["a", "b", "c"][stepIndex] ?? "?";
    const report = { step, step_index: stepIndex, total_steps: 3, status, actor_name: step };
    await this.test.post(`/jobs/${id}/progress`, { ...report, ...more });
  }

  async finish(id: string): Promise<void> {
    await this.test.post(`/jobs/${id}/final`, { status: "succeeded", result: { n: 1 } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.test.gateway.release();
    await this.#server.shutdown();
    await this.test.gateway.close();
  }
}

interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** Reads server-sent events as an EventSource does. */
class SseReader implements AsyncDisposable {
  readonly response: Response;
  readonly comments: string[] = [];
  /** When to come back, in milliseconds, where the stream has said so. */
  retryMs: number | undefined;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(response: Response) {
    this.response = response;
    assert(response.body);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event; `undefined` when the stream has ended. */
  async next(): Promise<SseEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await inTime("more of a stream", this.#reader.read());
        if (done) return undefined;
        this.#text += value;
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      if (block.startsWith(":")) {
        this.comments.push(block);
        continue;
      }
      const fields = block.split("\n").map((line) => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)];
      });
      const event = Object.fromEntries(fields);
      // Without data it is no event, by the rules of an EventSource.
      if (event.data !== undefined) return event;
      this.retryMs = Number(event.retry);
    }
  }

  /** All events up to the end of the stream. */
  async rest(): Promise<SseEvent[]> {
    const events: SseEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

function told(events: readonly SseEvent[]): string[] {
  return events.map(({ event, data, id }) =>
    event === "status" ? `status ${data}` : `${id} ${event} ${JSON.parse(data).message}`
  );
}

Deno.test("[G5] stream: the bare status first, then every update with its id, then the end", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await using stream = await bench.open(id);
  assert.equal(stream.response.headers.get("content-type"), "text/event-stream");
  assert.equal(stream.response.headers.get("x-accel-buffering"), "no");
  assert.deepEqual(await stream.next(), { event: "status", data: "Pending" });
  for (const stepIndex of [0, 1, 2]) {
    await bench.progress(id, stepIndex, "received");
    await bench.progress(id, stepIndex, "processing", { partial: stepIndex });
    await bench.progress(id, stepIndex, "completed");
  }
  await bench.finish(id);
  const events = await stream.rest();
  assert.deepEqual(told(events), [
    "1 update received: a",
    "2 partial processing: a",
    "3 update completed: a",
    "4 update received: b",
    "5 partial processing: b",
    "6 update completed: b",
    "7 update received: c",
    "8 partial processing: c",
    "9 update completed: c",
    "10 update job succeeded",
  ]);
  assert.deepEqual(JSON.parse(events.at(-1)?.data ?? ""), {
    job_id: id,
    status: "Succeeded",
    message: "job succeeded",
    progress_percent: 100,
    result: { n: 1 },
    timestamp: "2026-01-01T00:00:00.000Z",
  });
  assert.equal(JSON.parse(events[1]?.data ?? "").partial, 0);
});

Deno.test("[G5] stream: of a finished job, everything again and then the close", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await bench.progress(id, 0, "received");
  await bench.test.post(`/jobs/${id}/final`, { status: "failed", error: "out of ink" });
  await using stream = await bench.open(id);
  const events = await stream.rest();
  assert.deepEqual(told(events), [
    "status Failed",
    "1 update received: a",
    "2 update job failed: out of ink",
  ]);
  assert.equal(JSON.parse(events.at(-1)?.data ?? "").error, "out of ink");
});

Deno.test("[G5] stream: resumes after the last event that was seen", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  for (const stepIndex of [0, 1, 2]) await bench.progress(id, stepIndex, "received");
  {
    await using stream = await bench.open(id, 2);
    assert.deepEqual(await stream.next(), { event: "status", data: "Running" });
    assert.equal((await stream.next())?.id, "3");
  }
  await bench.finish(id);
  await using late = await bench.open(id, 9);
  assert.deepEqual(told(await late.rest()), ["status Succeeded", "10 update job succeeded"]);
  await using seen = await bench.open(id, 10);
  assert.deepEqual(told(await seen.rest()), ["status Succeeded"]);
  await using beyond = await bench.open(id, 999);
  assert.equal((await beyond.rest()).length, 11);
});

Deno.test("[G5] stream: many watchers see every update once, whenever they come", async () => {
  await using folder = await makeTempFolder();
  const store = await openSqliteStore(folder.at("gateway.db"));
  await using bench = new Bench({ store });
  const id = await bench.test.call("scan");
  const watchers: Promise<string[]>[] = [];
  const watch = async () => {
    await using stream = await bench.open(id);
    return told(await stream.rest()).slice(1);
  };
  for (let seq = 0; seq < 60; seq++) {
    if (seq % 4 === 0) watchers.push(watch());
    await bench.progress(id, 0, "processing", { partial: seq, seq, message: `processing ${seq}` });
  }
  await bench.finish(id);
  watchers.push(watch());
  for (const seen of await Promise.all(watchers)) {
    assert.equal(seen.length, 69);
    assert.deepEqual(
      seen.map((line) => Number(line.split(" ")[0])),
      Array.from({ length: 69 }, (_, index) => index + 1),
    );
  }
});

Deno.test("[G5] stream: a slow reader gets everything and holds up nobody", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await using slow = await bench.open(id);
  await slow.next();
  const partial = "x".repeat(64 * 1024);
  for (let seq = 0; seq < 120; seq++) {
    await bench.progress(id, 0, "processing", { partial, seq });
  }
  await bench.finish(id);
  await using quick = await bench.open(id);
  assert.equal((await quick.rest()).length, 1 + 120 + 9);
  assert.equal((await slow.rest()).length, 120 + 9);
});

Deno.test("stream: an unknown job is 404 before anything is streamed", async () => {
  await using bench = new Bench();
  const response = await fetch(`${bench.url}/jobs/unknown/stream`);
  assert.equal(response.status, 404);
  assert.match((await response.json()).error, /no job "unknown"/);
});

Deno.test("stream: who goes away leaves nothing behind", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  for (let index = 0; index < 5; index++) {
    await using stream = await bench.open(id);
    await stream.next();
  }
  await poll("five streams to be closed", () => bench.test.eventsOf("stream_closed").length === 5);
  assert.equal(bench.test.eventsOf("stream_opened").length, 5);
});

Deno.test("stream: a gateway that stops ends its streams, and the next one goes on", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await bench.progress(id, 0, "received");
  await using stream = await bench.open(id);
  await stream.next();
  await stream.next();
  bench.test.gateway.release();
  assert.deepEqual(await stream.rest(), []);
  assert(stream.retryMs !== undefined && stream.retryMs >= 500 && stream.retryMs <= 3_500);
});

Deno.test("stream: ends when its job is deleted", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await using stream = await bench.open(id);
  await stream.next();
  const { store } = bench.test;
  const { job } = (await store.read(id)) ?? {};
  assert(job);
  const ended = { ...job, status: "Failed" as const };
  await store.change(id, undefined, () => ({ kind: "changed", job: ended, updates: [] }));
  await store.deleteFinished(bench.test.clock.now() + 1, 10);
  assert.deepEqual(await stream.rest(), []);
});

Deno.test("stream: HEAD opens none", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  const response = await fetch(`${bench.url}/jobs/${id}/stream`, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(await response.text(), "");
  assert.equal(bench.test.eventsOf("stream_opened").length, 0);
});
