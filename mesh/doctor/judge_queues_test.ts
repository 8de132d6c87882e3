import assert from "node:assert/strict";
import type { MeshActor } from "../file/mesh_actor.ts";
import { parseMeshFile } from "../file/mesh_file.ts";
import { factsOf, queuesOf } from "./choose_queues.ts";
import type { ManagedQueue } from "./judge_broker.ts";
import { judgeQueue, type QueueFacts } from "./judge_queues.ts";

const pure = { permissions: "none" } as const;

const actor = (changes: Partial<MeshActor> = {}): QueueFacts["role"] => ({
  kind: "actor",
  timeoutMs: 300_000,
  prefetch: 1,
  concurrency: 1,
  ...changes,
});

const managed: ManagedQueue = {
  name: "ocr",
  type: "classic",
  isDurable: true,
  arguments: {},
  isBound: true,
};

const quorum = (limit: object): Partial<QueueFacts> => ({
  managed: { ...managed, type: "quorum", arguments: { "x-queue-type": "quorum", ...limit } },
});

const healthy: QueueFacts = {
  name: "ocr",
  role: actor(),
  isRunning: true,
  answer: { ready: 3, consumers: 1 },
  managed,
  isManaged: true,
  brokerVersion: "4.1.2",
};

const MINUTE_MS = 60_000;

Deno.test("[M10] what is said of a queue", pure, async (t) => {
  const cases: readonly (readonly [string, Partial<QueueFacts>, string, RegExp])[] = [
    ["healthy", {}, "ok", /3 ready, 1 consumers, classic/],
    ["not made yet", { answer: undefined, isRunning: false }, "ok", /made when its sidecar/],
    ["missing while its mesh runs", { answer: undefined }, "broken", /no such queue/],
    [
      "missing elsewhere",
      { answer: undefined, isRunning: false, role: { kind: "elsewhere" } },
      "broken",
      /start the sidecar of ocr/,
    ],
    ["without a consumer", { answer: { ready: 2, consumers: 0 } }, "broken", /2 messages wait/],
    [
      "without a consumer while nothing runs",
      { answer: { ready: 2, consumers: 0 }, isRunning: false },
      "ok",
      /2 ready/,
    ],
    ["unbound", { managed: { ...managed, isBound: false } }, "broken", /unroutable/],
    ["transient", { managed: { ...managed, isDurable: false } }, "broken", /not durable/],
    ["quorum on RabbitMQ 4, as it is made", quorum({ "x-delivery-limit": -1 }), "ok", /quorum/],
    ["quorum on RabbitMQ 4 without a word", quorum({}), "broken", /after 20 deliveries/],
    ["with a limit", quorum({ "x-delivery-limit": 3 }), "broken", /after 3 deliveries/],
    ["with a limit by policy", quorum({ "delivery-limit": 5 }), "broken", /after 5 deliveries/],
    [
      "quorum on RabbitMQ 3, as it is made",
      { ...quorum({}), brokerVersion: "3.13.7" },
      "ok",
      /quorum/,
    ],
    [
      "-1 on RabbitMQ 4 by policy",
      quorum({ "delivery-limit": -1 }),
      "ok",
      /quorum/,
    ],
    [
      "calls as long as RabbitMQ waits",
      { role: actor({ timeoutMs: 30 * MINUTE_MS }) },
      "warning",
      /held for 30m/,
    ],
    [
      "a prefetch that waits its turn",
      { role: actor({ timeoutMs: 5 * MINUTE_MS, prefetch: 16, concurrency: 2 }) },
      "warning",
      /held for 40m.*consumer timeout is 30m/,
    ],
    [
      "the same at once",
      { role: actor({ timeoutMs: 5 * MINUTE_MS, prefetch: 16, concurrency: 16 }) },
      "ok",
      /ready/,
    ],
    [
      "a timeout of its own that is too short",
      { managed: { ...managed, arguments: { "x-consumer-timeout": MINUTE_MS } } },
      "broken",
      /consumer timeout is 1m.*consumer-timeout/,
    ],
    [
      "the same where RabbitMQ does not heed it",
      {
        managed: { ...managed, arguments: { "x-consumer-timeout": MINUTE_MS } },
        brokerVersion: "3.10.8",
      },
      "warning",
      /consumer_timeout = 600000/,
    ],
    [
      "a policy that is long enough",
      {
        role: actor({ timeoutMs: 60 * MINUTE_MS }),
        managed: { ...managed, arguments: { "consumer-timeout": 120 * MINUTE_MS } },
      },
      "ok",
      /ready/,
    ],
    [
      "dead letters",
      { role: { kind: "dead_letters" }, answer: { ready: 4, consumers: 0 } },
      "warning",
      /asya dlq ls/,
    ],
    [
      "no dead letters",
      { role: { kind: "dead_letters" }, answer: { ready: 0, consumers: 0 } },
      "ok",
      /0 ready/,
    ],
  ];
  for (const [title, changes, levels, words] of cases) {
    await t.step(title, () => {
      const findings = judgeQueue({ ...healthy, ...changes });
      assert.equal(findings.map(({ level }) => level).join(" "), levels);
      assert.match(JSON.stringify(findings).replaceAll("\\", ""), words);
    });
  }
});

Deno.test("[M10] the queues of a mesh are its own, those of others, and the terminal ones", {
  // the YAML library looks at these two for its own debugging
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
}, () => {
  const parsed = parseMeshFile(
    `
name: m
actors: [{ name: ocr, handler: ./ocr.ts }]
tools: [{ name: read, route: [ocr, elsewhere] }]
`,
    "amqp://mq",
  );
  assert(parsed.ok);
  const queues = queuesOf(parsed.mesh);
  assert.deepEqual(queues.map(({ name, role }) => [name, role.kind]), [
    ["ocr", "actor"],
    ["elsewhere", "elsewhere"],
    ["happy-end", "terminal"],
    ["error-end", "terminal"],
    ["dead-letter-queue", "dead_letters"],
  ]);
  const broker = { name: "mq", exchange: "asya" };
  const management = { ok: true, alarms: [], queues: [managed] } as const;
  const look = { ok: true, version: "4.0.0", hasExchange: true, queues: {} } as const;
  const [ocr, elsewhere] = factsOf(queues, { ...broker, look, management }, true);
  assert.deepEqual([ocr?.managed, elsewhere?.managed], [managed, undefined]);
  const refused = { ok: false, kind: "refused", reason: "no" } as const;
  assert.deepEqual(factsOf(queues, { ...broker, look: refused, management }, true), []);
});
