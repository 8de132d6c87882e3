import assert from "node:assert/strict";
import { type Chart, drawChart } from "./draw_chart.ts";

const none = { permissions: "none" } as const;
const chart: Chart = {
  title: "less < more & more",
  x: { label: "minutes", max: 10, ticks: [[0, "0"], [10, "10"]] },
  y: { label: "messages", max: 100, ticks: [[0, "0"], [100, "100"]] },
  lines: [{ name: "waiting", points: [[0, 100], [10, 0]] }],
};

Deno.test("chart: a line goes from corner to corner", none, () => {
  assert.match(drawChart(chart), /<path class="line line0" d="M56 56L704 256"\/>/);
});

Deno.test("chart: words are escaped, and it has a title", none, () => {
  const svg = drawChart(chart);
  assert.ok(svg.includes("<title>less &lt; more &amp; more</title>"));
  assert.ok(!svg.includes("less < more"));
});

Deno.test("chart: it follows the page's colours", none, () => {
  assert.match(drawChart(chart), /@media \(prefers-color-scheme: dark\)/);
});
