import assert from "node:assert/strict";
import { chartValuesTable } from "./chart_values.ts";

/** The parser looks whether it is to be traced. */
const permissions = { env: ["LOG_STREAM", "LOG_TOKENS"] };

const values = `# About the chart as a whole.

# How many
# there are.
replicas: 2

image:
  # Where it is: a|b.
  registry: ""
  # Its name.
  repository: asya

# Who may come.
policy:
  # Whether it counts.
  enabled: false

# What it may use.
resources: { limits: { memory: 1Gi } }
# A list.
names: [a]
# None.
port: null
`;

Deno.test(
  "values are listed with their defaults and the comments above them",
  { permissions },
  () => {
    const rows = chartValuesTable(values).split("\n").slice(2, -1)
      .map((row) => row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
    assert.deepEqual(rows, [
      ["`replicas`", "`2`", "How many there are."],
      ["`image.registry`", '`""`', "Where it is: a\\|b."],
      ["`image.repository`", '`"asya"`', "Its name."],
      ["`policy`", "", "Who may come."],
      ["`policy.enabled`", "`false`", "Whether it counts."],
      ["`resources`", '`{"limits":{"memory":"1Gi"}}`', "What it may use."],
      ["`names`", '`["a"]`', "A list."],
      ["`port`", "`null`", "None."],
    ]);
  },
);

Deno.test("a value without a comment is refused", { permissions }, () => {
  assert.throws(() => chartValuesTable("# One.\na: 1\nb: 2\n"), /b has no comment above it/);
});
