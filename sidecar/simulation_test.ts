import assert from "node:assert/strict";
import { describeFailure, runSeed } from "./testing/simulation/mod.ts";
import { describeCoverage, findMissing } from "./testing/simulation/coverage.ts";

/** How many worlds a run of all tests looks at. */
const SEEDS = 1_000;

/** Says one line about a whole run, whoever reads the output. */
function tell(text: string): void {
  console.log(text);
}

Deno.test({
  name:
    "[D1] [D2] [D4] [D5] [D6] [D7] [D11] [D14] [D15] [D16] whatever happens in a thousand worlds",
  permissions: { env: ["ASYA_TEST_SEED"] },
  fn: async () => {
    const asked = Deno.env.get("ASYA_TEST_SEED");
    const seeds = asked === undefined
      ? Array.from({ length: SEEDS }, (_, index) => index + 1)
      : [Number(asked)];
    const counts = new Map<string, number>();
    for (const seed of seeds) {
      const { breach, trace } = await runSeed(seed);
      if (breach !== undefined) assert.fail(await describeFailure(seed, breach));
      for (const [kind, count] of trace.counts) counts.set(kind, (counts.get(kind) ?? 0) + count);
    }
    if (asked !== undefined) return;
    tell(describeCoverage(counts));
    assert.deepEqual(findMissing(counts), [], "worlds in which too little happens prove little");
  },
});

Deno.test({
  name: "a seed happens the same way each time",
  permissions: "none",
  fn: async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const [one, other] = [await runSeed(seed), await runSeed(seed)];
      assert.equal(one.trace.hash(), other.trace.hash(), `seed ${seed}`);
      assert.deepEqual(one.trace.lines, other.trace.lines);
    }
  },
});

Deno.test("a seed happens the same way in every process", async () => {
  const hashes = await Promise.all([replay(7), replay(7)]);
  assert.match(hashes[0] ?? "", /^[0-9a-f]{16} all is well$/);
  assert.equal(hashes[0], hashes[1]);
  const here = await runSeed(7);
  assert.equal(hashes[0]?.split(" ")[0], here.trace.hash());
});

/** Runs a seed in a process of its own; gives the last line that this says. */
async function replay(seed: number): Promise<string | undefined> {
  const path = new URL("testing/simulation/replay.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", path, String(seed)],
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").at(-1);
}
