import assert from "node:assert/strict";
import { citedIds, findUnproven } from "./citations.ts";

const permissions = "none";

Deno.test("citations: ids are a letter and a number in brackets", { permissions }, () => {
  assert.deepEqual(citedIds('Deno.test("[D1] [W12] x"); row[0]; [a1]; [D1]; [DD2]'), ["D1", "W12"]);
});

Deno.test("citations: a promise without a test is named", { permissions }, () => {
  const requirements = { D1: "Nothing is lost.", D2: "Nothing is late." };
  assert.deepEqual(findUnproven(requirements, [{ id: "D1", path: "a_test.ts" }]), [
    "no test cites [D2]: Nothing is late.",
  ]);
});

Deno.test("citations: a test of no promise is named", { permissions }, () => {
  const citations = [{ id: "D1", path: "a_test.ts" }, { id: "X9", path: "b_test.ts" }];
  assert.deepEqual(findUnproven({ D1: "Nothing is lost." }, citations), [
    "b_test.ts cites [X9], which is not in tests/requirements.ts",
  ]);
});
