import assert from "node:assert/strict";
import type { Json } from "./json.ts";
import { type JoinOptions, joinOptionsToWire, readJoinOptions } from "./join_options.ts";
import { MAX_DELAY_MS } from "./time.ts";

const pure = { permissions: "none" } as const;

function read(gather: Json): JoinOptions {
  const metadata = { asya: { join: { gather } } };
  return readJoinOptions({ steps: ["split", "gather"], current: 0, metadata }, "gather");
}

Deno.test("what a route says about a join is read as it was written", pure, () => {
  const options: JoinOptions = {
    quorum: 2,
    wait: "all",
    timeoutMs: 30_000,
    late: "dead-letter",
    of: "split",
  };
  assert.deepEqual(read(joinOptionsToWire(options)), options);
  assert.deepEqual(read(joinOptionsToWire({})), {});
});

Deno.test("what is not as it should be counts as absent", pure, () => {
  const wrong: Json[] = [
    null,
    [],
    "all",
    { quorum: 0 },
    { quorum: 1.5 },
    { quorum: "2" },
    { timeout_ms: 0 },
    { timeout_ms: MAX_DELAY_MS + 1 },
    { wait: "some", late: "keep", of: "" },
  ];
  for (const given of wrong) assert.deepEqual(read(given), {}, JSON.stringify(given));
  const route = { steps: ["gather"], current: 0, metadata: { asya: { join: [] } } };
  assert.deepEqual(readJoinOptions(route, "gather"), {});
  assert.deepEqual(readJoinOptions({ ...route, metadata: {} }, "toString"), {});
});
