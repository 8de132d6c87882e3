import assert from "node:assert/strict";
import { queueArguments } from "./queue_arguments.ts";

const none = { permissions: "none" as const };
const quorum = { "x-queue-type": "quorum" };

for (
  const [version, expected] of [
    ["3.8.0", quorum],
    ["3.13.7", quorum],
    ["4.0.1", { ...quorum, "x-delivery-limit": -1 }],
    ["10.0.0", { ...quorum, "x-delivery-limit": -1 }],
    ["unknown", quorum],
  ] as const
) {
  Deno.test(`a quorum queue of RabbitMQ ${version} drops nothing that comes back`, none, () => {
    assert.deepEqual(queueArguments("quorum", version), expected);
    assert.equal(queueArguments("classic", version), undefined);
  });
}
