/**
 * Bodies that no handler shall see, amidst a thousand good messages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fingerprint, isJsonObject, type JsonObject, TERMINAL_QUEUES } from "@asya/protocol";
import { findRabbitmq, pause, rssMbOf, type Taken, type TestMesh } from "../kit/mod.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { hugePoisons, type Poison, smallPoisons } from "./poisons.ts";
import { printedRandom, readScale } from "./scale.ts";

const rabbitmq = await findRabbitmq();

/** So many jobs there are for every round of poisons. */
const JOBS_PER_ROUND = 100;

/** Above this many jobs the huge ones come too, which take their time. */
const HUGE_FROM_JOBS = 1_000;

/** The most that a process may take, with several huge bodies in hand. */
const LIMIT_MB = 2_000;

Deno.test({
  name:
    "[W5] [W10] [D9] [D16] each poison ends in the store and as one dead letter, and harms none",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await startFleet({
      vhost,
      env: {
        "second.sidecar": { ASYA_ALLOWED_STEPS: "third,nowhere", ASYA_ROUTE_WAIT: "300ms" },
      },
    });
    const startMs = performance.now();
    const scale = readScale(60);
    const poisons = brew(scale.jobs);
    await using watch = watchMemory(mesh);
    const calling = callForJobs(mesh, printedRandom(), scale);
    for (const { body } of poisons) {
      await mesh.queues.publish("second", body);
      // Spreads them over the good ones.
      await pause(scale.durationMs / poisons.length);
    }
    const answered = await calling;
    const letters = await mesh.queues.take(TERMINAL_QUEUES.deadLetter, poisons.length, 180_000);
    assert.deepEqual(letters.map(readLetter).toSorted(), poisons.map(describe).toSorted());
    await assertAllArrived(mesh, answered);
    await assertStored(letters);
    const peakMb = watch.peakMb();
    assertFelt("poisons", { poisons: poisons.length }, {
      jobs: scale.jobs,
      peakMb,
      seconds: Math.round((performance.now() - startMs) / 1_000),
    });
    for (const [name, mb] of Object.entries(peakMb)) assert.ok(mb < LIMIT_MB, `${name}: ${mb} MB`);
    await assertStopsClean(mesh);
  },
});

function brew(jobs: number): Poison[] {
  const rounds = Math.ceil(jobs / JOBS_PER_ROUND);
  return [
    ...Array.from({ length: rounds }, (_, n) => smallPoisons("second", n)).flat(),
    ...jobs < HUGE_FROM_JOBS ? [] : hugePoisons("second"),
  ];
}

/** What is known of a poison, and shall be known of its letter. */
function describe({ body, code }: Poison): string {
  return `${code} ${body.length} ${fingerprint(body, 64)}`;
}

function readLetter(taken: Taken): string {
  const { error, dead_letter } = letterOf(taken);
  assert.ok(isJsonObject(dead_letter), JSON.stringify(taken.json));
  return `${error} ${dead_letter.bytes} ${dead_letter.sha256}`;
}

function letterOf({ json, headers }: Taken): JsonObject {
  assert.ok(isJsonObject(json), JSON.stringify(headers));
  return json;
}

/** Each poison is in the store, at the place that its letter names; equal ones share it. */
async function assertStored(letters: readonly Taken[]): Promise<void> {
  for (const taken of letters) {
    const { dead_letter, error } = letterOf(taken);
    assert.ok(isJsonObject(dead_letter) && typeof dead_letter.stored === "string");
    const stored = JSON.parse(await Deno.readTextFile(new URL(dead_letter.stored)));
    assert.equal(stored.error, error);
    const { original_message: text, original_encoding: encoding } = stored;
    const body = encoding === "base64"
      ? Uint8Array.fromBase64(text)
      : new TextEncoder().encode(text);
    assert.equal(fingerprint(body, 64), dead_letter.sha256);
  }
}

/** Looks at what the processes that meet poisons take of the memory. */
function watchMemory(mesh: TestMesh) {
  const names = ["second.sidecar", "error-end.sidecar", "error-end.runtime"];
  const peakMb: Record<string, number> = {};
  const look = () => {
    for (const name of names) {
      const mb = Math.round(rssMbOf(mesh.process(name).now.pid));
      peakMb[name] = Math.max(peakMb[name] ?? 0, mb);
    }
  };
  // Looks often enough to see a huge body in hand.
  const timer = setInterval(look, 250);
  return {
    peakMb: () => peakMb,
    [Symbol.asyncDispose]: () => Promise.resolve(clearInterval(timer)),
  };
}
