import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  type Bookkeeping,
  clearStepBookkeeping,
  readBookkeeping,
  writeBookkeeping,
} from "./bookkeeping.ts";
import { branchOf } from "./lineage.ts";
import { advance, type Route } from "./route.ts";
import type { JsonObject } from "./json.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const time = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2100-01-01T00:00:00Z"),
  noInvalidDate: true,
}).map((date) => date.toISOString());
const branch = fc.tuple(fc.nat(3), fc.integer({ min: 4, max: 9 })).map(([index, count]) =>
  branchOf("/0:1:ab", { index, count, group: "cd" })
);
const whole: fc.Arbitrary<Bookkeeping> = fc.record({
  created: time,
  deadline: time,
  replay: fc.string({ minLength: 1 }),
  branch,
  joins: fc.array(fc.nat(9)),
  retry: fc.dictionary(fc.string(), fc.record({ attempts: fc.nat(9) }, { noNullPrototype: true }), {
    noNullPrototype: true,
  }).map((retry): JsonObject => retry),
  join: fc.dictionary(fc.string(), fc.record({ quorum: fc.nat(9) }, { noNullPrototype: true }), {
    noNullPrototype: true,
  }).map((join): JsonObject => join),
}, { requiredKeys: [], noNullPrototype: true });
const perStep: fc.Arbitrary<Bookkeeping> = fc.record({
  attempt: fc.integer({ min: 1, max: 99 }),
  deliveries: fc.nat(99),
  redeliveries: fc.nat(99),
  notBefore: time,
  wake: fc.constant(true),
  marker: fc.constant(true),
  empty: fc.constant(true),
}, { requiredKeys: [], noNullPrototype: true });
const routes: fc.Arbitrary<Route> = fc.record({
  current: fc.nat(3),
  metadata: fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<JsonObject[string]>, {
    noNullPrototype: true,
  }).filter((metadata) => !("asya" in metadata)),
}).map(({ current, metadata }) => ({ steps: ["a", "b", "c", "d", "e"], current, metadata }));

test("what is written is read again, for the step it was written for", () => {
  fc.assert(fc.property(routes, whole, perStep, (route, forAll, forStep) => {
    const written = writeBookkeeping(route, { ...forAll, ...forStep });
    assert.deepEqual(readBookkeeping(written), { ...forAll, ...forStep });
    assert.deepEqual(readBookkeeping(advance(written)), forAll);
  }));
});

test("a message that is sent on carries what is the job's, and nothing of the step", () => {
  fc.assert(fc.property(routes, whole, perStep, (route, forAll, forStep) => {
    const written = writeBookkeeping(route, { ...forAll, ...forStep });
    const sentOn = clearStepBookkeeping(advance(written));
    assert.deepEqual(sentOn, advance(writeBookkeeping(route, forAll)));
    assert.deepEqual(clearStepBookkeeping(sentOn), sentOn);
  }));
});

test("[W2] the sender's metadata stays as it was, and so does what nobody here knows", () => {
  fc.assert(fc.property(routes, whole, perStep, (route, forAll, forStep) => {
    const foreign = { ...route, metadata: { ...route.metadata, asya: { theirs: 1 } } };
    const written = writeBookkeeping(foreign, { ...forAll, ...forStep });
    const { asya, ...metadata } = written.metadata;
    assert.deepEqual(metadata, route.metadata);
    assert.equal((asya as JsonObject).theirs, 1);
    const undone = Object.fromEntries(
      Object.keys({ ...forAll, ...forStep }).map((key) => [key, undefined]),
    );
    assert.deepEqual(writeBookkeeping(written, undone), foreign);
  }));
});

test("counts of another step are not taken over when one is written", () => {
  const metadata = { asya: { at: 0, attempt: 7, deliveries: 3 } };
  const written = writeBookkeeping({ steps: ["a", "b"], current: 1, metadata }, { attempt: 2 });
  assert.deepEqual(written.metadata, { asya: { at: 1, attempt: 2 } });
});
