import assert from "node:assert/strict";
import { failuresTable, operationsTable } from "./reference.ts";

Deno.test("every failure has a line with its defaults", { permissions: "none" }, () => {
  const table = failuresTable();
  assert.match(
    table,
    /\| `oom_error` +\| the handler's heap was full +\| runtime +\| recoverable +\| 30 s/,
  );
  assert.match(table, /\| `route_error` .*\| fatal +\| +\|/);
});

Deno.test(
  "every operation has a line with all that may be answered",
  { permissions: "none" },
  () => {
    const table = operationsTable([{
      id: "getJob",
      method: "get",
      path: "/jobs/{id}",
      tag: "jobs",
      summary: "one job",
      needs: "jobs:read",
      answers: { 200: { description: "", json: {} } },
      refusals: { 404: "no such job" },
    }]);
    assert.match(table, /\| `GET \/jobs\/\{id\}` +\| one job +\| `jobs:read` +\| 200, 404/);
  },
);
