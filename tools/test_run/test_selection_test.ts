import assert from "node:assert/strict";
import { selectTests } from "./test_selection.ts";

const permissions = "none";

const paths = [
  "README.md",
  "sidecar/decide.ts",
  "sidecar/decide_test.ts",
  "gateway/stores/memory_test.ts",
  "tests/integration/sidecar_serial_host_test.ts",
  "tests/integration/gateway/outbox_test.ts",
  "tests/faults/kill_test.ts",
  "tests/e2e/cluster_test.ts",
  "tests/faults/long/storm_test.ts",
  "tests/conformance/gateway_test.ts",
];

const cases: [string | undefined, number[]][] = [
  [undefined, [2, 3, 4, 5, 6, 9]],
  ["all", [2, 3, 4, 5, 6, 7, 8, 9]],
  ["unit", [2, 3]],
  ["unit-sidecar", [2]],
  ["integration", [4, 5]],
  ["integration-sidecar", [4]],
  ["integration-gateway", [5]],
  ["faults", [6, 8]],
  ["conformance", [9]],
];

for (const [selection, expected] of cases) {
  Deno.test(`test selection: ${selection ?? "nothing said"}`, { permissions }, () => {
    assert.deepEqual(selectTests(selection, paths), expected.map((index) => paths[index]));
  });
}

const refused: [string, RegExp][] = [
  ["unit-operator", /no unit tests of operator; there are some of: sidecar, gateway$/],
  ["integration-mesh", /no integration tests of mesh; there are some of: sidecar, gateway$/],
  ["everything", /no tests are selected by "everything"; allowed: unit, /],
  ["faults-long", /no tests are selected by "faults-long"/],
  ["all-sidecar", /no tests are selected by "all-sidecar"/],
];

for (const [selection, expected] of refused) {
  Deno.test(`test selection: ${selection} is refused`, { permissions }, () => {
    assert.match(String(selectTests(selection, paths)), expected);
  });
}
