import assert from "node:assert/strict";
import { createVariable } from "./create_variable.ts";

const list = { name: "job", label: "Job", description: "", query: "label_values(up, job)" };

const cases = [
  ["a list of which many may be chosen has all at first", { ...list, isMany: true }, [
    "query",
    true,
    ["$__all"],
  ]],
  ["a list of which one is chosen has none at first", list, ["query", false, undefined]],
  [
    "what the reader writes is at first what the plan says",
    { name: "price", label: "Price", description: "of one", initial: "3" },
    ["textbox", undefined, "3"],
  ],
] as const;

for (const [name, plan, expected] of cases) {
  Deno.test(name, { permissions: "none" }, () => {
    const { type, multi, current } = createVariable(plan);
    assert.deepEqual([type, multi, current?.value], expected);
  });
}
