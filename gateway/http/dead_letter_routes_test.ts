import type { Json, JsonObject } from "@asya/protocol";
import { type Browser, createMemoryBroker, type Outgoing, type Transport } from "@asya/transport";
import assert from "node:assert/strict";
import { MAX_LETTERS } from "../dead_letters/dead_letters.ts";
import { createMemoryStore } from "../stores/memory.ts";
import type { Store } from "../stores/store.ts";
import { createTestGateway, type TestGateway, YAML_ENV } from "../testing/test_gateway.ts";

const TOOLS = `
tools:
  - { name: scan, route: [a, b, c], timeout: 60 }
  - { name: other, route: [x] }
`;
const QUEUE = "dead-letter-queue";
const yaml = { permissions: { env: YAML_ENV } } as const;

/** A gateway beside a broker with a queue of dead letters. */
class Bench {
  readonly gateway: TestGateway;
  readonly transport: Transport & Browser;
  #letters = 0;

  constructor(
    transport: Transport & Browser,
    env: Record<string, string> = {},
    store?: Store,
  ) {
    this.transport = transport;
    this.gateway = createTestGateway({
      ...{ tools: TOOLS, letters: transport, env },
      ...(store && { store }),
    });
  }

  static async open(env?: Record<string, string>): Promise<Bench> {
    const transport = createMemoryBroker().connect();
    await transport.declare([QUEUE]);
    return new Bench(transport, env);
  }

  /** Puts a letter into the queue; answers with its id. */
  async put(body: Json | Uint8Array, more: Partial<Outgoing> = {}): Promise<string> {
    const bytes = body instanceof Uint8Array
      ? body
      : new TextEncoder().encode(JSON.stringify(body));
    const messageId = `m${this.#letters++}`;
    await this.transport.publish([{ queue: QUEUE, body: bytes, messageId, ...more }]);
    const { dead_letters: letters } = await this.list();
    return letters.at(-1)?.id;
  }

  async list(query = "") {
    const response = await this.gateway.get(`/dead-letters${query}`);
    const body = await response.json();
    assert.equal(response.status, 200, JSON.stringify(body));
    return body;
  }

  async ask(method: string, path: string, body?: unknown) {
    const response = await this.gateway.gateway.fetch(
      new Request(`http://127.0.0.1:8080${path}`, {
        method,
        headers: { host: "127.0.0.1", "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, body: await response.json() };
  }

  replay(id: string, wish: object = {}) {
    return this.ask("POST", `/dead-letters/${id}/replay`, wish);
  }
}

/** What error-end writes of a failed step. */
function letterOf(
  jobId: string,
  more: { readonly steps?: string[]; readonly current?: number; readonly payload?: Json } = {},
): JsonObject {
  const { steps = ["a", "b", "c"], current = 1, payload = { text: "as it was" } } = more;
  const step = steps[current] ?? "happy-end";
  const route = { steps, current, metadata: { asya: { created: "2026-01-01T00:00:00.000Z" } } };
  return {
    dead_letter: {
      version: 1,
      from: "error-end",
      bytes: 99,
      sha256: "…",
      stored: "file:///e.json",
    },
    job_id: jobId,
    error: "processing_error",
    error_details: { message: "no such page", type: "RangeError", step, actor: "a-1", attempt: 4 },
    original_message: JSON.stringify({
      job_id: jobId,
      route,
      headers: { traceparent: "of the old job", "x-team": "papers", "x-odd": 7 },
      payload,
    }),
  };
}

Deno.test("[L2] dead letters are listed, shown, and left where they are", yaml, async () => {
  const bench = await Bench.open();
  assert.deepEqual(await bench.list(), { dead_letters: [], scanned: 0, complete: true });
  const jobId = await bench.gateway.call("scan");
  const id = await bench.put(letterOf(jobId));
  const { dead_letters: [summary], ...page } = await bench.list();
  assert.deepEqual(page, { scanned: 1, complete: true });
  const { queued_at, ...known } = summary;
  assert.ok(Date.parse(queued_at) > 0);
  assert.deepEqual(known, {
    id,
    job_id: jobId,
    tool: "scan",
    error: "processing_error",
    message: "no such page",
    step: "b",
    actor: "a-1",
    attempt: 4,
    from: "error-end",
    created: "2026-01-01T00:00:00.000Z",
    bytes: 99,
    stored: "file:///e.json",
    replayable: true,
  });
  const { status, body } = await bench.ask("GET", `/dead-letters/${id}`);
  assert.equal(status, 200);
  assert.deepEqual(body.payload, { text: "as it was" });
  assert.deepEqual(body.route.steps, ["a", "b", "c"]);
  assert.equal(body.error_details.type, "RangeError");
  assert.equal(JSON.parse(body.original_message).job_id, jobId);
  assert.deepEqual((await bench.list()).dead_letters, [summary]);
});

Deno.test(
  "[L2] letters are filtered, and paged by the first one of the next page",
  yaml,
  async () => {
    const bench = await Bench.open();
    const job = await bench.gateway.call("other");
    const ids: string[] = [];
    for (const current of [0, 1, 2, 0, 1]) {
      ids.push(
        await bench.put(letterOf(`j${current}`, { current })),
      );
    }
    ids.push(await bench.put(letterOf(job, { steps: ["x"], current: 0 })));
    const found = async (query: string) =>
      (await bench.list(query)).dead_letters.map(({ id }: { id: string }) => ids.indexOf(id));
    assert.deepEqual(await found("?step=b"), [1, 4]);
    assert.deepEqual(await found("?error=timeout_error"), []);
    assert.deepEqual(await found("?job=j0"), [0, 3]);
    assert.deepEqual(await found("?tool=other"), [5]);
    assert.deepEqual(await found(`?q=${ids[2]?.slice(0, 9).toUpperCase()}`), [2]);
    assert.deepEqual(await found("?q=SUCH%20page&step=a"), [0, 3]);

    const { next_cursor, complete, ...first } = await bench.list("?limit=2");
    assert.deepEqual([first.dead_letters.length, next_cursor, complete], [2, ids[2], true]);
    for (const id of ids.slice(0, 2)) await bench.ask("DELETE", `/dead-letters/${id}`);
    assert.deepEqual(await found(`?limit=2&cursor=${next_cursor}`), [2, 3]);
    await bench.ask("DELETE", `/dead-letters/${ids[2]}`);
    assert.deepEqual(await found(`?limit=9&cursor=${next_cursor}`), [3, 4, 5]);
    assert.equal((await bench.gateway.get("/dead-letters?steps=a")).status, 400);
  },
);

Deno.test(
  "[L3] a replay is a new job from the step that failed, and then the letter is gone",
  yaml,
  async () => {
    const bench = await Bench.open();
    const { gateway } = bench;
    const jobId = await gateway.call("scan");
    const id = await bench.put(letterOf(jobId));
    const { status, body } = await bench.replay(id);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.job_id, body.id);
    assert.equal(body.replay_of, jobId);
    assert.equal(body.tool, "scan");
    assert.equal(body.timeout_seconds, 60);
    assert.deepEqual(body.payload, { text: "as it was" });
    await gateway.clock.pass(0);
    const sent = JSON.parse(new TextDecoder().decode(gateway.sent.at(-1)?.body));
    assert.equal(gateway.sent.at(-1)?.queue, "b");
    assert.equal(sent.route.current, 1);
    assert.deepEqual(Object.keys(sent.headers).sort(), ["traceparent", "x-team"]);
    assert.match(sent.headers.traceparent, /^00-/);
    assert.equal(sent.route.metadata.asya.replay, jobId);
    assert.equal(sent.route.metadata.asya.created, new Date(gateway.clock.now()).toISOString());
    assert.deepEqual((await bench.list()).dead_letters, []);
    const again = await bench.replay(id);
    assert.deepEqual([again.status, again.body.job_id], [200, body.job_id]);
    assert.equal((await bench.replay(id, { payload: 1 })).status, 404);
    assert.equal((await bench.ask("GET", `/dead-letters/${id}`)).status, 404);
    const [event, ...more] = gateway.eventsOf("letter_replayed");
    assert.deepEqual(more, []);
    assert.deepEqual([event?.letter, event?.jobId, event?.newJobId], [id, jobId, body.job_id]);
  },
);

Deno.test("[L3] what a replay may be asked for", yaml, async (t) => {
  const rows: [string, JsonObject, object, number, RegExp | string][] = [
    ["with another payload", letterOf("gone"), { payload: 7 }, 200, "b"],
    ["from another step", letterOf("gone"), { from_step: 2, payload: {} }, 200, "c"],
    [
      "from another step with nothing for it",
      letterOf("gone"),
      { from_step: 2 },
      400,
      /payload is missing/,
    ],
    ["from no step", letterOf("gone"), { from_step: 3, payload: 1 }, 400, /0 to 2/],
    ["not at all", letterOf("gone"), { from_step: "b" }, 400, /from_step/],
    ["a finished route", letterOf("gone", { current: 3 }), {}, 409, /from_step and payload/],
    [
      "a finished route, from a step",
      letterOf("gone", { current: 3 }),
      { from_step: 0, payload: 1 },
      200,
      "a",
    ],
    ["a stub", stub(), {}, 409, /only in file:\/\/\/e\.json; payload is needed/],
    ["a stub, with a payload", stub(), { payload: [1] }, 200, "b"],
    ["a marker", ofJoin({ marker: true, at: 1 }), {}, 409, /only tells the join "b"/],
    ["a marker, from its join", ofJoin({ marker: true, at: 1 }), { from_step: 1 }, 409, /instead/],
    ["a marker, as it is no more", ofJoin({ marker: true, at: 1 }), { payload: 7 }, 409, /instead/],
    [
      "a marker, from the step before",
      ofJoin({ marker: true, at: 1 }),
      { from_step: 0, payload: 7 },
      200,
      "a",
    ],
    ["one branch of many", ofJoin({}), {}, 409, /go on with it alone/],
    ["of no job", { error: "x", original_message: "?" }, {}, 409, /nobody knows where/],
    [
      "of no job, with all",
      { error: "x", original_message: "?" },
      { from_step: 0, payload: 1 },
      409,
      /nobody knows/,
    ],
  ];
  for (const [name, letter, wish, expected, says] of rows) {
    await t.step(name, async () => {
      const bench = await Bench.open();
      const id = await bench.put(letter);
      const { status, body } = await bench.replay(id, wish);
      assert.equal(status, expected, JSON.stringify(body));
      const left = (await bench.list()).dead_letters.length;
      assert.equal(left, status === 200 ? 0 : 1);
      await bench.gateway.clock.pass(0);
      if (typeof says === "string") assert.equal(bench.gateway.sent.at(-1)?.queue, says);
      else assert.match(body.error, says);
    });
  }
});

/** What error-end writes of a join that failed at a branch. */
function ofJoin(more: JsonObject): JsonObject {
  const { original_message, ...rest } = letterOf("gone");
  const message = JSON.parse(String(original_message));
  Object.assign(message.route.metadata.asya, { joins: [1], branch: "/0:2:ab", ...more });
  return { ...rest, original_message: JSON.stringify(message) };
}

/** What error-end writes where only the store has the body. */
function stub(): JsonObject {
  const { original_message, ...rest } = letterOf("gone");
  const { route } = JSON.parse(String(original_message));
  return { ...rest, route, headers: {} };
}

Deno.test(
  "[L3] a gateway that ends before the letter is removed makes no second job",
  yaml,
  async () => {
    const broker = createMemoryBroker();
    const transport = broker.connect();
    await transport.declare([QUEUE]);
    let isDying = true;
    const dying: Transport & Browser = {
      connected: true,
      declare: (queues) => transport.declare(queues),
      publish: (messages) => transport.publish(messages),
      consume: (queue, options) => transport.consume(queue, options),
      inspect: (queue) => transport.inspect(queue),
      close: () => transport.close(),
      async browse(queue, limit, look) {
        return await transport.browse(queue, limit, (message) => {
          const verdict = look(message);
          if (!(verdict instanceof Promise) || !isDying) return verdict;
          // The job is stored; the acknowledgement never leaves.
          return verdict.then(() =>
            Promise.reject(Object.assign(new Error(), { code: "unreachable" }))
          );
        });
      },
    };
    const bench = new Bench(dying);
    const id = await bench.put(letterOf("j1"));
    assert.equal((await bench.replay(id)).status, 503);
    assert.equal((await bench.list()).dead_letters.length, 1);
    const { jobs: [job] } = await bench.gateway.store.list({ limit: 9 });
    isDying = false;
    const again = await bench.replay(id);
    assert.deepEqual([again.status, again.body.job_id], [200, job?.id]);
    assert.equal((await bench.gateway.store.list({ limit: 9 })).jobs.length, 1);
    assert.deepEqual((await bench.list()).dead_letters, []);
  },
);

Deno.test("[L2] a letter is purged once", yaml, async () => {
  const bench = await Bench.open();
  const ids = [await bench.put(letterOf("j1")), await bench.put(letterOf("j2"))];
  const purge = (id = "") => bench.ask("DELETE", `/dead-letters/${id}`);
  assert.deepEqual(await purge(ids[0]), { status: 200, body: { purged: true } });
  assert.equal((await purge(ids[0])).status, 404);
  assert.equal((await purge("nothing")).status, 404);
  assert.equal((await bench.list()).dead_letters.length, 1);
  assert.deepEqual(bench.gateway.eventsOf("letter_purged").map(({ letter }) => letter), [ids[0]]);
});

Deno.test("[L2] letters that cannot be had are a 503 that says why", yaml, async () => {
  for (
    const [code, says] of [["unreachable", /cannot be reached/], [
      "in_use",
      /somebody else/,
    ]] as const
  ) {
    const refuse = () => Promise.reject(Object.assign(new Error(), { code }));
    const bench = createTestGateway({ letters: { inspect: refuse, browse: refuse } });
    const response = await bench.get("/dead-letters");
    assert.equal(response.status, 503);
    assert.match((await response.json()).error, says);
  }
});

Deno.test(
  "[L2] of a very long queue the first letters are looked at, and that is said",
  yaml,
  async () => {
    const bench = await Bench.open();
    const body = new TextEncoder().encode("?");
    await bench.transport.publish(
      Array.from(
        { length: MAX_LETTERS + 1 },
        (_, n) => ({ queue: QUEUE, messageId: `m${n}`, body }),
      ),
    );
    const found = await bench.list("?q=elsewhere");
    assert.deepEqual(found, { dead_letters: [], scanned: MAX_LETTERS, complete: false });
    const page = await bench.list("?limit=5");
    assert.deepEqual([page.scanned, page.complete], [6, true]);
  },
);

Deno.test(
  "[L3] of two gateways that replay a letter at once, one makes the job",
  yaml,
  async () => {
    const store = createMemoryStore({ maxJobs: 99 });
    const broker = createMemoryBroker();
    const [one, other] = [broker.connect(), broker.connect()].map((transport) =>
      new Bench(transport, {}, store)
    );
    assert(one && other);
    await one.transport.declare([QUEUE]);
    const id = await one.put(letterOf("j1"));
    const answers = await Promise.all([one.replay(id), other.replay(id), one.replay(id)]);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.equal(new Set(answers.map(({ body }) => body.job_id)).size, 1);
    assert.equal((await store.list({ limit: 9 })).jobs.length, 1);
    assert.deepEqual((await one.list()).dead_letters, []);
  },
);
