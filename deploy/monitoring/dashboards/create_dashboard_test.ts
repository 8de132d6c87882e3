import assert from "node:assert/strict";
import type { Panel, RowPanel } from "@grafana/schema";
import { createDashboard } from "./create_dashboard.ts";
import type { DashboardPlan, PanelPlan } from "./plan.ts";

function panel(kind: PanelPlan["kind"], width: number, more: Partial<PanelPlan> = {}): PanelPlan {
  const queries = [{ expr: "up", legend: "{{job}}" }, { expr: "1 - up", legend: "down" }];
  return { kind, title: kind, description: "", unit: "short", width, queries, ...more };
}

function planOf(rows: DashboardPlan["rows"]): DashboardPlan {
  const text = { name: "price", label: "Price", description: "of one", initial: "3" };
  const list = { name: "job", label: "Job", description: "", query: "label_values(up, job)" };
  const variables = [{ ...list, isMany: true }, text];
  return { uid: "a", title: "A", description: "", variables, rows };
}

/** Where each panel of a dashboard is: its kind, column, line, width and height. */
function placesOf(panels: readonly (Panel | RowPanel)[] = []): string[] {
  return panels.map(({ type, gridPos: at }) => `${type} ${at?.x} ${at?.y} ${at?.w} ${at?.h}`);
}

Deno.test("panels go from left to right, and on below the highest of a line", {
  permissions: "none",
}, () => {
  const { panels } = createDashboard(planOf([
    { title: "one", panels: [panel("stat", 12), panel("timeseries", 12), panel("stat", 4)] },
    { title: "two", panels: [panel("table", 24)] },
  ]));
  assert.deepEqual(placesOf(panels), [
    "row 0 0 24 1",
    "stat 0 1 12 4",
    "timeseries 12 1 12 8",
    "stat 0 9 4 4",
    "row 0 13 24 1",
    "table 0 14 24 8",
  ]);
});

Deno.test("a closed row has its panels in it, and takes no room", { permissions: "none" }, () => {
  const { panels } = createDashboard(planOf([
    { title: "one", isClosed: true, panels: [panel("stat", 12)] },
    { title: "two", panels: [panel("stat", 12)] },
  ]));
  assert.deepEqual(placesOf(panels), ["row 0 0 24 1", "row 0 1 24 1", "stat 0 2 12 4"]);
  assert.deepEqual(placesOf((panels?.[0] as RowPanel).panels), ["stat 0 1 12 4"]);
});

Deno.test("a panel asks over time, a table for now, each query by a letter of its own", {
  permissions: "none",
}, () => {
  const { panels = [] } = createDashboard(planOf([
    { title: "one", panels: [panel("timeseries", 12), panel("table", 12)] },
  ]));
  const [, lines, table] = panels as Panel[];
  assert.deepEqual(lines?.targets?.map(({ refId, expr, range }) => [refId, expr, range]), [
    ["A", "up", true],
    ["B", "1 - up", true],
  ]);
  assert.deepEqual(table?.targets?.map(({ instant, format }) => [instant, format]), [
    [true, "table"],
    [true, "table"],
  ]);
});

Deno.test("what is chosen is all at first, what is written is what the plan says", {
  permissions: "none",
}, () => {
  const { list = [] } = createDashboard(planOf([])).templating ?? {};
  assert.deepEqual(list.map(({ name, type, current }) => [name, type, current?.value]), [
    ["datasource", "datasource", undefined],
    ["job", "query", ["$__all"]],
    ["price", "textbox", "3"],
  ]);
});
