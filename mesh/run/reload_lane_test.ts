import assert from "node:assert/strict";
import { ReloadLane, type Saved } from "./reload_lane.ts";

const pure = { permissions: "none" } as const;

Deno.test(
  "[M9] what is saved during a reload is taken together by the next one",
  pure,
  async () => {
    const taken: Saved[] = [];
    const outdated: boolean[] = [];
    const first = Promise.withResolvers<void>();
    const lane = new ReloadLane(async (saved, signal) => {
      taken.push(saved);
      if (taken.length === 1) await first.promise;
      outdated.push(signal.aborted);
    });
    const done = [
      lane.save({ files: ["a"], savedAtMs: 1 }),
      lane.save({ files: ["b"], savedAtMs: 2 }),
      lane.save({ files: ["b", "c"], savedAtMs: 3 }),
    ];
    first.resolve();
    await Promise.all(done);
    assert.deepEqual(taken, [
      { files: ["a"], savedAtMs: 1 },
      { files: ["b", "c"], savedAtMs: 2 },
    ]);
    assert.deepEqual(outdated, [true, false]);
    await lane.save({ files: ["d"], savedAtMs: 4 });
    assert.deepEqual(taken.at(-1), { files: ["d"], savedAtMs: 4 });
  },
);
