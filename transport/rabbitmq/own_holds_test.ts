import assert from "node:assert/strict";
import { OwnHolds } from "./own_holds.ts";

const none = { permissions: "none" as const };

function message(messageId: string | undefined, text: string = "same", queue: string = "a") {
  return { queue, messageId, body: new TextEncoder().encode(text) };
}

Deno.test("a message that was held is known once, by its queue and identity", none, () => {
  const holds = new OwnHolds();
  assert.equal(holds.take(message("m1")), false);
  holds.remember(message("m1"));
  assert.equal(holds.take(message("m2")), false);
  assert.equal(holds.take(message("m1", "same", "b")), false);
  assert.equal(holds.take(message("m1")), true);
  assert.equal(holds.take(message("m1")), false);
});

Deno.test("a message without an identity is known by its body", none, () => {
  const holds = new OwnHolds();
  holds.remember(message(undefined, "one"));
  assert.equal(holds.take(message(undefined, "other")), false);
  assert.equal(holds.take(message(undefined, "one")), true);
});

Deno.test("the oldest of very many is forgotten", none, () => {
  const holds = new OwnHolds();
  for (let number = 0; number <= 10_000; number++) holds.remember(message(`m${number}`));
  assert.equal(holds.take(message("m0")), false);
  assert.equal(holds.take(message("m1")), true);
  assert.equal(holds.take(message("m10000")), true);
});
