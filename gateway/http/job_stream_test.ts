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
  readonly url: string;
  readonly #port = freePort();
  readonly #options: TestGatewayOptions;
  #test: TestGateway;
  #server: Deno.HttpServer;

  constructor(options: TestGatewayOptions = {}) {
    this.#options = { tools: THREE_STEPS, ...options };
    this.#test = createTestGateway(this.#options);
    this.url = `http://127.0.0.1:${this.#port}`;
    this.#server = this.#serve();
  }

  get test(): TestGateway {
    return this.#test;
  }

  /** Another gateway takes this one's place, with the same store. */
  async restart(): Promise<void> {
    const { store, gateway } = this.#test;
    gateway.release();
    await this.#server.shutdown();
    this.#test = createTestGateway({ ...this.#options, store });
    this.#server = this.#serve();
  }

  #serve(): Deno.HttpServer {
    const { gateway } = this.#test;
    return Deno.serve(
      { hostname: "127.0.0.1", port: this.#port, onListen: () => {} },
      gateway.fetch,
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

/** A reader at a socket, which reads only what it is told to. */
class RawReader implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async open(bench: Bench, id: string): Promise<RawReader> {
    const { hostname, port } = new URL(bench.url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `GET /jobs/${id}/stream HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    return new RawReader(connection);
  }

  /** Everything up to what shows that it is enough. */
  async readTo(mark: RegExp): Promise<string> {
    const buffer = new Uint8Array(64 * 1024);
    const decoder = new TextDecoder();
    let text = "";
    while (!mark.test(text.slice(-40))) {
      const size = await inTime(`${mark} of a stream`, this.#connection.read(buffer));
      assert(size !== null, `the connection was closed behind ${text.slice(-200)}`);
      text += decoder.decode(buffer.subarray(0, size), { stream: true });
    }
    return text;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function idsIn(text: string): number[] {
  return [...text.matchAll(/^id: (\d+)$/mg)].map(([, id]) => Number(id));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

Deno.test("[G5] stream: a reader that does not move is let go, and comes back for the rest", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  using stuck = await RawReader.open(bench, id);
  // More than the buffers of two sockets hold.
  const partial = "x".repeat(256 * 1024);
  const partials = 56;
  for (let seq = 0; seq < partials; seq++) {
    await bench.progress(id, 0, "processing", { partial, seq });
  }
  await poll("the stream to be let go", async () => {
    await bench.test.clock.pass(60_000);
    return bench.test.eventsOf("stream_closed").length === 1;
  });
  const seen = idsIn(await stuck.readTo(/\r\n0\r\n\r\n$/));
  const last = seen.at(-1) ?? 0;
  assert.deepEqual(seen, range(1, last));
  assert(last < partials);
  await bench.finish(id);
  await using back = await bench.open(id, last);
  const rest = (await back.rest()).slice(1).map((event) => Number(event.id));
  assert.deepEqual(rest, range(last + 1, last + rest.length));
  assert(last + rest.length > partials);
});

Deno.test("[G5] stream: an idle one says every 15 s that it is alive", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  using reader = await RawReader.open(bench, id);
  await reader.readTo(/data: Pending\n\n\r\n$/);
  for (let round = 0; round < 3; round++) {
    await bench.test.clock.pass(15_000);
    assert.equal(await reader.readTo(/\n\n\r\n$/), "e\r\n: keep-alive\n\n\r\n");
  }
});

Deno.test("[G5] stream: a browser's client comes back by itself where its gateway has stopped", async () => {
  await using bench = new Bench();
  const id = await bench.test.call("scan");
  await bench.progress(id, 0, "received");
  const seen: string[] = [];
  const source = new EventSource(`${bench.url}/jobs/${id}/stream`);
  const note = (event: Event) => {
    assert(event instanceof MessageEvent);
    const isStatus = event.type === "status";
    seen.push(isStatus ? event.data : `${event.lastEventId} ${event.type}`);
    if (!isStatus && JSON.parse(event.data).status === "Succeeded") source.close();
  };
  for (const type of ["status", "update", "partial"]) source.addEventListener(type, note);
  await poll("the first update", () => seen.length === 2);
  await bench.restart();
  await bench.progress(id, 0, "processing", { partial: 1 });
  await poll("what came after the restart", () => seen.length === 4);
  await bench.finish(id);
  await poll("the end", () => source.readyState === EventSource.CLOSED);
  assert.deepEqual(seen.slice(0, 4), ["Running", "1 update", "Running", "2 partial"]);
  assert.deepEqual(
    seen.slice(4),
    range(3, seen.length - 2).map((id) => `${id} update`),
  );
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
