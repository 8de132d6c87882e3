import assert from "node:assert/strict";
import { comparePlans } from "./compare_plans.ts";
import type { ProcessPlan } from "./plan_process.ts";

const process = (name: string, changes: Partial<ProcessPlan> = {}): ProcessPlan => ({
  name,
  unit: name.split(".")[0] ?? name,
  program: "sidecar",
  args: ["run", "main.ts"],
  env: { A: "1", B: "2" },
  cwd: "/",
  ...changes,
});

Deno.test("[M9] only what a plan changes is touched", { permissions: "none" }, () => {
  const before = ["gateway", "a.runtime", "a.sidecar", "b.sidecar", "c.sidecar"];
  const cases: readonly (readonly [string, readonly ProcessPlan[], string, string])[] = [
    ["nothing", before.map((name) => process(name)), "", ""],
    [
      "the order of variables",
      before.map((name) => process(name, { env: { B: "2", A: "1" } })),
      "",
      "",
    ],
    [
      "a variable of one",
      before.map((name) => process(name, name === "a.runtime" ? { env: { A: "1" } } : {})),
      "a.runtime",
      "",
    ],
    [
      "flags and folders",
      before.map((name) =>
        process(name, name === "gateway" ? { args: [] } : name === "b.sidecar" ? { cwd: "/b" } : {})
      ),
      "gateway,b.sidecar",
      "",
    ],
    [
      "one less, one more",
      [...before.slice(0, 4), "d.sidecar"].map((name) => process(name)),
      "d.sidecar",
      "c.sidecar",
    ],
  ];
  const names = (plans: readonly ProcessPlan[]) => plans.map(({ name }) => name).join(",");
  for (const [title, after, put, removed] of cases) {
    const change = comparePlans(
      { processes: before.map((name) => process(name)) },
      { processes: after },
    );
    assert.equal(names(change.put), put, title);
    assert.equal(names(change.removed), removed, title);
  }
});
