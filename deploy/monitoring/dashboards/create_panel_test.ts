import assert from "node:assert/strict";
import { createPanel } from "./create_panel.ts";
import { lines, stat, table, yesNo } from "./panels.ts";

const content = {
  description: "Processes that are there.",
  unit: "short",
  queries: { "{{job}}": "up", down: "1 - up" },
};

Deno.test("a panel asks over time, each query by a letter of its own", {
  permissions: "none",
}, () => {
  const { type, targets = [] } = createPanel(lines("Processes", content));
  assert.equal(type, "timeseries");
  assert.deepEqual(
    targets.map(({ refId, expr, legendFormat, range }) => [refId, expr, legendFormat, range]),
    [["A", "up", "{{job}}", true], ["B", "1 - up", "down", true]],
  );
});

Deno.test("a table asks for now, and its answers are one", { permissions: "none" }, () => {
  const { type, targets = [], transformations } = createPanel(table("Processes", content));
  assert.equal(type, "table");
  assert.deepEqual(
    targets.map(({ refId, instant, range, format }) => [refId, instant, range, format]),
    [["A", true, false, "table"], ["B", true, false, "table"]],
  );
  assert.deepEqual(transformations, [{ id: "merge", options: {} }]);
});

Deno.test(
  "a gauge that is 1 or 0 says yes or no, and is red at no",
  { permissions: "none" },
  () => {
    const { type, fieldConfig } = createPanel(yesNo("Is it there?", content));
    const { mappings, thresholds } = fieldConfig?.defaults ?? {};
    assert.equal(type, "stat");
    assert.deepEqual(mappings?.map(({ options }) => options), [
      { "0": { text: "no" }, "1": { text: "yes" } },
    ]);
    assert.deepEqual(thresholds?.steps.map(({ value, color }) => [value, color]), [
      [null, "green"],
      [0, "red"],
      [1, "green"],
    ]);
  },
);

Deno.test("a panel has the width of most of its kind, or its own", { permissions: "none" }, () => {
  const widths = [lines, stat, table].map((make) => make("Processes", content).width);
  assert.deepEqual(widths, [8, 4, 12]);
  assert.equal(lines("Processes", { ...content, width: 24 }).width, 24);
});
