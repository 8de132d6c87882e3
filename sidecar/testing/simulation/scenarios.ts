import * as fc from "fast-check";
import { ANSWER_NAMES } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";
import type { RuntimeKind } from "./host_parts.ts";
import { type Letter, SHAPES } from "./letter.ts";
import type { DeathOrder } from "./life.ts";
import { type Act, HOSTILE_MS, type Scenario } from "./scenario.ts";

const REASONS = ["oom", "signal", "exit", "killed", "timeout"] as const;

/** Terminal actors answer with sends, or with failures that make them try again. */
const answerName = fc.oneof(
  { weight: 2, arbitrary: fc.constant("object" as const) },
  { weight: 3, arbitrary: fc.constantFrom(...ANSWER_NAMES) },
);

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      answer: answerName,
      afterMs: fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(12_000)),
      progress: fc.nat(2),
      isRepeated: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("die" as const),
      reason: fc.constantFrom(...REASONS),
      afterMs: fc.nat(300),
      culprits: fc.constantFrom("itself", "nobody", "unsaid", "unsaid"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("break" as const),
      how: fc.constantFrom("garbage", "oversized", "half", "close"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hang"), isSupervised: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: "heed" }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("late"), answer: answerName }) },
);

/** One death after another is rare by chance, and ends in a failure of its own. */
const deadly = fc.nat(4).chain((index) =>
  fc.constant({
    kind: "die" as const,
    reason: REASONS[index] ?? "killed",
    afterMs: 20,
    culprits: index % 2 === 0 ? "itself" as const : "unsaid" as const,
  })
);

const behaviours: fc.Arbitrary<Behaviour[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(behaviour, { maxLength: 4, size: "max" }) },
  { weight: 1, arbitrary: deadly.map((one) => [one, one, one, one, one]) },
);

const letter: fc.Arbitrary<Letter> = fc.record({
  atMs: fc.oneof(fc.nat(2_000), fc.nat(HOSTILE_MS / 2)),
  shape: fc.oneof(
    { weight: 3, arbitrary: fc.constant("plain" as const) },
    { weight: 4, arbitrary: fc.constantFrom(...SHAPES) },
  ),
  copies: fc.constantFrom(1, 1, 1, 1, 2, 3),
  timeMs: fc.oneof(fc.nat(20_000), fc.nat(3 * 3_600_000)),
  behaviours,
});

const runtime: fc.Arbitrary<RuntimeKind> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      speaks: fc.constant("session" as const),
      concurrency: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ speaks: "one_exchange" as const, concurrency: 1 }),
  },
);

const order: fc.Arbitrary<DeathOrder> = fc.record({
  afterEffects: fc.nat(25),
  isDone: fc.boolean(),
});

/** How long something lasts. */
const lasting = fc.oneof(fc.nat(500), fc.nat(8_000), fc.nat(40_000));

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("kill the sidecar" as const), order }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("send a signal" as const),
      order: fc.option(order, { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("cut the connection" as const),
      noticeMs: fc.oneof(fc.constant(0), fc.nat(6_000)),
    }),
  },
  lastingAct("stop the broker", 2),
  lastingAct("block the broker", 2),
  lastingAct("slow the broker", 2),
  lastingAct("let the broker refuse", 2),
  { weight: 2, arbitrary: fc.constant({ kind: "cancel the consumers" }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("crash the runtime" as const),
      reason: fc.constantFrom(...REASONS),
      next: runtime,
    }),
  },
  lastingAct("keep the runtime away", 3),
  lastingAct("let the runtime not read", 2),
  lastingAct("let the gateway be away", 1),
  lastingAct("let the gateway refuse", 1),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("cancel a job" as const), letter: fc.nat(30) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "create the late queue" }) },
  { weight: 1, arbitrary: fc.constant({ kind: "delete queues" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("set the clock" as const),
      byMs: fc.integer({ min: -30_000, max: 30_000 }),
    }),
  },
);

function lastingAct<K extends Extract<Act, { readonly ms: number }>["kind"]>(
  kind: K,
  weight: number,
) {
  return { weight, arbitrary: fc.record({ kind: fc.constant(kind), ms: lasting }) };
}

/** Every world that there is: the seed of a world is the seed with which this is sampled. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  dice: fc.integer(),
  isTerminal: fc.constantFrom(false, false, false, true),
  seats: fc.array(
    fc.record({ runtime, runtimeAfterMs: fc.oneof(fc.nat(500), fc.nat(500), fc.nat(20_000)) }),
    { minLength: 1, maxLength: 3, size: "max" },
  ),
  prefetch: fc.constantFrom(1, 2, 4, 8),
  maxDeliveries: fc.constantFrom(2, 3, 5),
  maxRedeliveries: fc.constantFrom(2, 4, 50),
  queueCreate: fc.constantFrom("own", "own", "all", "none"),
  routeWaitMs: fc.constantFrom(3_000, 30_000),
  shutdownGraceMs: fc.constantFrom(6_000, 25_000),
  dedupWindow: fc.constantFrom(0, 3, 1_000),
  streamWaitMs: fc.constantFrom(0, 250, 250),
  retryTimeouts: fc.boolean(),
  hasGateway: fc.boolean(),
  letters: fc.array(letter, { minLength: 1, maxLength: 28, size: "max" }),
  acts: fc.array(
    fc.record({ atMs: fc.nat(HOSTILE_MS), sidecar: fc.nat(2), act }),
    { maxLength: 28, size: "max" },
  ),
});
