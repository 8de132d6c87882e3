import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  fingerprint,
  groupOf,
  inputIdentity,
  isOwnMessageId,
  jobIdOf,
  messageIdOf,
  type MessageOrigin,
} from "./identity.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([45])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const origin: fc.Arbitrary<MessageOrigin> = fc.record({
  input: fc.string(),
  attempt: fc.nat(5),
  destination: fc.string(),
  ordinal: fc.nat(5),
});

test("[W11] the same work gives the same id, any other work another", () => {
  fc.assert(fc.property(origin, origin, (one, other) => {
    const same = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other));
    assert.equal(messageIdOf(one) === messageIdOf(other), same);
    assert.equal(messageIdOf({ ...one }), messageIdOf(one));
    assert.equal(isOwnMessageId(messageIdOf(one)), true);
  }));
});

test("[W11] parts of an origin do not run into each other", () => {
  const one = { input: "a", attempt: 1, destination: "1,b", ordinal: 0 };
  const other = { input: 'a",1', attempt: 1, destination: "b", ordinal: 0 };
  assert.notEqual(messageIdOf(one), messageIdOf(other));
});

test("[W11] a foreign id identifies no input: outputs of two such messages differ", () => {
  const own = messageIdOf({ input: "a", attempt: 1, destination: "b", ordinal: 0 });
  assert.equal(inputIdentity(own), own);
  for (const foreign of ["1", "", undefined, ` ${own}`, `${own}\n`, own.toUpperCase()]) {
    assert.notEqual(inputIdentity(foreign), inputIdentity(foreign));
  }
});

test("[W11] a message id always gives the same job; without one each is new", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
    assert.equal(UUID.exec(jobIdOf(a))?.[1], "5");
    assert.equal(jobIdOf(a) === jobIdOf(b), a === b);
  }));
  for (const none of [undefined, ""]) {
    assert.equal(UUID.exec(jobIdOf(none))?.[1], "4");
    assert.notEqual(jobIdOf(none), jobIdOf(none));
  }
});

test("fingerprints are of the bytes, and as long as asked for", () => {
  assert.equal(fingerprint("é"), fingerprint(new TextEncoder().encode("é")));
  assert.equal(fingerprint("é", 64).length, 64);
  assert.equal(fingerprint("é", 64).startsWith(fingerprint("é", 8)), true);
});

test("[D13] a group tells outputs apart, their order included", () => {
  assert.notEqual(groupOf([1, 2]), groupOf([2, 1]));
  assert.notEqual(groupOf([1, null]), groupOf([1]));
  assert.match(groupOf([]), /^[0-9a-z]+$/);
});
