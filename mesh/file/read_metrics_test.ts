import assert from "node:assert/strict";
import { openYaml } from "./yaml_reader.ts";
import { readMetrics } from "./read_metrics.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

Deno.test("[K1] metrics of an actor's own are read by their names", pure, () => {
  const { root, problems } = openYaml(`
pages_total: { type: counter, help: pages that were read, labels: [kind, lang] }
depth: { type: gauge }
score: { type: histogram, buckets: [0.5, 1, 2] }
`);
  assert.deepEqual(readMetrics(root), [
    {
      name: "pages_total",
      type: "counter",
      help: "pages that were read",
      labels: ["kind", "lang"],
    },
    { name: "depth", type: "gauge" },
    { name: "score", type: "histogram", buckets: [.5, 1, 2] },
  ]);
  assert.deepEqual(problems(), []);
});

Deno.test("[M5] what is wrong with a metric is said where it is", pure, () => {
  const cases: [string, RegExp][] = [
    ["2 pages: { type: counter }", /2 pages names no metric; letters, digits, _ and : are allowed/],
    ["pages: {}", /pages has no type; counter, gauge, histogram are allowed/],
    ["pages: { type: summary }", /pages\.type is "summary"; counter, gauge, histogram/],
    ["pages: { type: gauge, labels: [a-b] }", /labels\[0\] is "a-b"; the name of a label/],
    ["pages: { type: gauge, labels: [le] }", /labels\[0\] is "le"; the name of a label/],
    ["pages: { type: gauge, buckets: [1] }", /buckets are of a histogram, which pages is not/],
    ["pages: { type: histogram, buckets: [2, 1] }", /buckets is .*; a list of rising numbers/],
    ["pages: { type: gauge, unit: s }", /unit is not known; allowed: type, help, labels, buckets/],
    ["[]", /a list; a mapping is allowed/],
  ];
  for (const [text, expected] of cases) {
    const { root, problems } = openYaml(text);
    readMetrics(root);
    assert.match(problems().map(({ message }) => message).join("\n"), expected, text);
  }
});
