import assert from "node:assert/strict";
import { type Json, parseMessage } from "@asya/protocol";
import { readJoinInput } from "./join_arrival.ts";

const pure = { permissions: "none" } as const;

function read(asya: Record<string, Json>, payload: Json) {
  const route = { steps: ["split", "gather"], current: 1, metadata: { asya } };
  const parsed = parseMessage({ job_id: "j1", route, payload });
  assert(parsed.ok);
  return readJoinInput(parsed.message);
}

const group = { jobId: "j1", stepIndex: 1, parent: "", group: "ab", count: 3 };

Deno.test("[D13] what a message brings to its join", pure, () => {
  const branch = "/2:3:ab";
  const marker = { branch, at: 1, marker: true };
  const cases = [
    [{ branch }, { page: 3 }, { index: 2, outcome: "arrived", payload: { page: 3 } }],
    [marker, { branch, outcome: "empty" }, { index: 2, outcome: "empty" }],
    [
      marker,
      { branch, outcome: "failed", error: "it broke" },
      { index: 2, outcome: "failed", error: "it broke" },
    ],
    [
      { branch }, // looks like a marker, but is what a handler answered
      { branch, outcome: "failed" },
      { index: 2, outcome: "arrived", payload: { branch, outcome: "failed" } },
    ],
  ] as const;
  for (const [asya, payload, arrival] of cases) {
    assert.deepEqual(read(asya, payload), { kind: "branch", group, arrival });
  }
});

Deno.test("[D13] a join gathers the latest fan-out, per parent", pure, () => {
  const input = read({ branch: "/0:2:aa/1:3:ab" }, 7);
  assert.deepEqual(input.kind === "branch" && input.group, { ...group, parent: "/0:2:aa" });
});

Deno.test("a message without lineage has nothing to wait for", pure, () => {
  assert.deepEqual(read({}, { page: 1 }), { kind: "single", payload: { page: 1 } });
});

Deno.test("a marker that names no branch is unreadable", pure, () => {
  const payloads: Json[] = [null, { branch: "", outcome: "empty" }, { branch: "/0:1:a" }];
  for (const payload of payloads) {
    assert.equal(read({ at: 1, marker: true }, payload).kind, "unreadable");
  }
});
