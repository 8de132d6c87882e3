import assert from "node:assert/strict";
import { alertsTable } from "./alerts_table.ts";

Deno.test(
  "alerts are told with what they say, and where to read on",
  { permissions: "none" },
  () => {
    const table = alertsTable([{
      name: "tests",
      rules: [
        { record: "a:b", expr: "up" },
        {
          ...{ alert: "Away", expr: "up == 0", severity: "critical", for: "2m" },
          ...{ summary: "{{ $labels.instance }} is away", description: "It is away." },
          runbook: "docs/troubleshooting.md#no-gateway-answers",
        },
        {
          ...{ alert: "Slow", expr: "up == 2", severity: "warning" },
          ...{
            summary: "It is slow{{ with $labels.job }} ({{ . }}){{ end }}",
            description: "It is slow.",
          },
          runbook: "docs/monitoring.md#the-gateway-is-slow",
        },
      ],
    }]);
    const [, , ...rows] = table.trim().split("\n").map((row) =>
      row.split("|").map((cell) => cell.trim())
    );
    const troubleshooting = "[what to do](troubleshooting.md#no-gateway-answers)";
    assert.deepEqual(rows, [
      ["", "`Away`", "critical", "2m", "_instance_ is away", troubleshooting, ""],
      [
        "",
        "`Slow`",
        "warning",
        "at once",
        "It is slow (_job_)",
        "[what to do](#the-gateway-is-slow)",
        "",
      ],
    ]);
  },
);
