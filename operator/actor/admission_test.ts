import assert from "node:assert/strict";
import fc from "fast-check";
import { createActorJudge } from "../../tests/kit/judge_actor.ts";
import { parseActor } from "./parse_actor.ts";
import { actorWith, leastSpec, specWith } from "./testing/actor_with.ts";
import { arbitrarySpec } from "./testing/arbitrary_spec.ts";
import { JUST_ALLOWED, REFUSALS } from "./testing/refusals.ts";

const core = { permissions: "none" } as const;
const judge = createActorJudge();

Deno.test(
  "[V5] each thing that is wrong is refused at admission, with a sentence",
  core,
  async (t) => {
    for (const { path, value, admission } of REFUSALS) {
      await t.step(admission, () => {
        const { refusals } = judge(actorWith(specWith(path, value)));
        assert(refusals.includes(admission), refusals.join("\n") || "it was taken");
      });
    }
  },
);

Deno.test("[V5] what is only just allowed is taken", core, async (t) => {
  for (const [path, value] of JUST_ALLOWED) {
    await t.step(`${path}: ${JSON.stringify(value).slice(0, 60)}`, () => {
      const actor = actorWith(specWith(path, value));
      assert.deepEqual(judge(actor).refusals, []);
      assert.deepEqual(parseActor(actor).ok, true);
    });
  }
});

Deno.test("[V5] a name that has no room for what Kubernetes adds is refused", core, () => {
  const refusal = "<nil>: Invalid value: metadata.name has at most 52 characters: " +
    "lower-case letters, digits, and hyphens between them";
  for (const name of ["o".repeat(53), "an.actor"]) {
    assert.deepEqual(judge(actorWith(leastSpec, name)).refusals, [refusal]);
  }
  assert.deepEqual(judge(actorWith(leastSpec, "o".repeat(52))).refusals, []);
});

Deno.test("[V5] what was taken before there was a rule can still be finished", core, () => {
  const old = actorWith(specWith("timeout.gracefulShutdown", 1), "an.actor");
  const finalized = { ...old, metadata: { ...old.metadata as object, finalizers: [] } };
  assert.deepEqual(judge(finalized, old).refusals, []);
  const changed = actorWith(specWith("timeout.gracefulShutdown", 2), "an.actor");
  assert.equal(judge(changed, old).refusals.length, 1);
});

Deno.test("[V3] what an API server fills in is what the operator does", core, () => {
  const { object, warnings, refusals } = judge(actorWith(leastSpec));
  assert.deepEqual({ warnings, refusals }, { warnings: [], refusals: [] });
  const parsed = parseActor(actorWith(leastSpec));
  assert(parsed.ok);
  assert.deepEqual(parsed.actor.spec, object.spec);
});

Deno.test("[V5] unknown fields are dropped, but for those of a pod", core, () => {
  const spec = { ...specWith("workload.template.spec.runtimeClassName", "nvidia"), colour: "red" };
  const { object, warnings } = judge(actorWith(spec));
  assert.deepEqual(warnings, ['unknown field "spec.colour"']);
  const parsed = parseActor(actorWith(spec));
  assert(parsed.ok);
  assert.deepEqual(parsed.actor.spec, object.spec);
  assert.equal(parsed.actor.spec.workload.template.spec.runtimeClassName, "nvidia");
});

Deno.test("[V2][V3] whatever is asked for, API server and operator agree about it", core, () => {
  let taken = 0;
  fc.assert(
    fc.property(arbitrarySpec(), (spec) => {
      const { object, refusals } = judge(actorWith(spec));
      const parsed = parseActor(actorWith(spec));
      const problems = parsed.ok ? [] : parsed.problems;
      assert.equal(problems.length > 0, refusals.length > 0, `${refusals}\n${problems}`);
      if (!parsed.ok) return;
      taken++;
      assert.deepEqual(parsed.actor.spec, object.spec);
    }),
    { numRuns: 500 },
  );
  assert(taken > 20, `only ${taken} of 500 were taken: nothing is compared`);
});
