import assert from "node:assert/strict";
import { describeSkipped, forbidSkips, parseJUnitReport, summarize } from "./test_report.ts";

const permissions = "none";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.009">
    <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="1">
        <testcase name="[D1] a &lt;b&gt; &amp; &quot;q&quot;" classname="./a_test.ts" time="0.001" line="1" col="6">
        </testcase>
        <testcase name="[D3] compiles" classname="./a_test.ts" time="0.000" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="draws" classname="./a_test.ts" time="0.000" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="fails &#39;x&#x27;" classname="./a_test.ts" time="0.001" line="3" col="6">
            <failure message="Uncaught Error: x">Error: x &lt;skipped/&gt;</failure>
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("test report: every test is read with its outcome", { permissions }, () => {
  assert.deepEqual(parseJUnitReport(xml).map(({ name, outcome }) => [name, outcome]), [
    ['[D1] a <b> & "q"', "passed"],
    ["[D3] compiles", "skipped"],
    ["draws", "skipped"],
    ["fails 'x'", "failed"],
  ]);
});

Deno.test("test report: the last line counts", { permissions }, () => {
  const results = parseJUnitReport(xml);
  assert.equal(summarize(results), "1 passed, 1 failed, 2 skipped");
  assert.equal(summarize(results.slice(0, 1)), "1 passed, 0 failed");
  assert.equal(summarize([]), "0 passed, 0 failed");
});

Deno.test("test report: what was skipped is told by promise", { permissions }, () => {
  assert.deepEqual(describeSkipped(parseJUnitReport(xml), { D3: "It compiles." }), [
    "skipped, without a promise:",
    "  ./a_test.ts: draws",
    "skipped, for [D3] It compiles.",
    "  ./a_test.ts: [D3] compiles",
  ]);
});

Deno.test("test report: where nothing may be skipped, only compiling may", { permissions }, () => {
  const skipped = (name: string) => ({ name, path: "a_test.ts", outcome: "skipped" as const });
  const results = forbidSkips([skipped("[D1] the broker"), skipped("deno compile makes one file")]);
  assert.deepEqual(results.map(({ outcome }) => outcome), ["failed", "skipped"]);
});
