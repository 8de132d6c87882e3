import assert from "node:assert/strict";
import { type JoinOptions, joinOptionsOf, joinToWire, readJoin } from "./join_options.ts";
import type { Json } from "./json.ts";
import { MAX_DELAY_MS } from "./time.ts";

const pure = { permissions: "none" } as const;

function carried(gather: Json): JoinOptions {
  const metadata = { asya: { join: { gather } } };
  return joinOptionsOf({ steps: ["split", "gather"], current: 0, metadata }, "gather");
}

Deno.test("[J1] what a route says about a join is read as it was written", pure, () => {
  const options: JoinOptions = {
    quorum: 2,
    wait: "all",
    timeoutMs: 30_500,
    late: "dead-letter",
    of: "split",
  };
  assert.deepEqual(carried(joinToWire(options)), options);
  assert.deepEqual(carried(joinToWire({})), {});
});

Deno.test("[J1] in a message, what is not as it should be counts as absent", pure, () => {
  const wrong: Json[] = [null, [], "all", {
    quorum: 0,
    wait: "some",
    late: 1,
    of: "",
    timeout: "5s",
  }];
  for (const given of wrong) assert.deepEqual(carried(given), {}, JSON.stringify(given));
  const route = { steps: ["gather"], current: 0, metadata: { asya: { join: [] } } };
  assert.deepEqual(joinOptionsOf(route, "gather"), {});
  assert.deepEqual(joinOptionsOf({ ...route, metadata: { asya: { join: {} } } }, "toString"), {});
});

Deno.test("each key of a join says what is allowed there", pure, () => {
  const words = {
    quorum: "a whole number from 1 to 100000",
    timeout: `seconds above 0, at most ${MAX_DELAY_MS / 1_000}, ` +
      "or a duration such as 250ms, 5m or 1h30m",
    wait: "quorum or all",
    late: "drop or dead-letter",
    of: "the name of an earlier step",
  };
  const wrong: Readonly<Record<keyof typeof words, readonly unknown[]>> = {
    quorum: [0, 1.5, "2", 100_001],
    timeout: [0, -1, NaN, "soon", MAX_DELAY_MS / 1_000 + 1, true, 0.0001],
    wait: ["some", true],
    late: ["keep", null],
    of: ["", 5],
  };
  const readDuration = (text: string) => text === "5m" ? 300_000 : undefined;
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) {
      const problems: string[] = [];
      const options = readJoin({
        value: (asked) => asked === key ? value : undefined,
        refuse: (asked, allowed) => problems.push(`${asked}: ${allowed}`),
        readDuration,
      });
      assert.deepEqual(options, {});
      assert.deepEqual(problems, [`${key}: ${words[key as keyof typeof words]}`]);
    }
  }
  const timeout = readJoin({
    value: (key) => key === "timeout" ? "5m" : undefined,
    refuse: () => assert.fail(),
    readDuration,
  });
  assert.deepEqual(timeout, { timeoutMs: 300_000 });
});
