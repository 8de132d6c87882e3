import assert from "node:assert/strict";
import { brokenInvariants, type Seen } from "./invariants.ts";

const sound: Seen = {
  accepted: ["a", "b"],
  jobs: [
    {
      id: "a",
      status: "Succeeded",
      updates: [
        { status: "Pending" },
        { status: "Running", progressPercent: 10 },
        { status: "Running", progressPercent: 10 },
        { status: "Succeeded", progressPercent: 100 },
      ],
    },
    {
      id: "b",
      status: "Failed",
      updates: [{ status: "Running", progressPercent: 100 }, {
        status: "Failed",
        progressPercent: 99.9,
      }],
    },
  ],
  expected: ["a", "b"],
  effects: ["b", "a"],
  queues: [{ name: "q", ready: 0, unacked: 0, delayed: 0 }],
};

Deno.test({
  name: "a sound run breaks nothing",
  permissions: "none",
  fn: () => assert.deepEqual(brokenInvariants(sound), []),
});

Deno.test({
  name: "every invariant is seen to be broken",
  permissions: "none",
  fn() {
    const [a, b] = sound.jobs;
    const cases: [Partial<Seen>, string][] = [
      [{ jobs: [a!] }, "job b is lost"],
      [{ jobs: [a!, { id: "b", status: "Running" }] }, "job b is still Running"],
      [{ accepted: ["a", "b", "a"] }, "job a was accepted twice"],
      [{ effects: ["a"] }, "nobody sees the effect b"],
      [{ effects: ["a", "b", "b"] }, "the effect b is seen 2 times"],
      [{ effects: ["a", "b", "c"] }, "an effect c is seen, which nobody asked for"],
      [
        { queues: [{ name: "q", ready: 1, unacked: 2, delayed: 3 }] },
        "queue q holds 1 ready, 2 unacked, 3 delayed",
      ],
      [
        {
          jobs: [{
            ...a!,
            updates: [{ status: "Running", progressPercent: 50 }, {
              status: "Running",
              progressPercent: 49,
            }],
          }, b!],
        },
        "the progress of job a went from 50 to 49",
      ],
      [
        { jobs: [{ ...a!, updates: [{ status: "Succeeded" }, { status: "Failed" }] }, b!] },
        "job a was Succeeded, then came Failed",
      ],
    ];
    for (const [change, sentence] of cases) {
      assert.deepEqual(brokenInvariants({ ...sound, ...change }), [sentence]);
    }
  },
});
