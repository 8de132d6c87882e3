import assert from "node:assert/strict";
import type { Panel, RowPanel } from "@grafana/schema";
import { createDashboard } from "./create_dashboard.ts";
import type { DashboardPlan, PanelPlan } from "./plan.ts";

function panel(kind: PanelPlan["kind"], width: number): PanelPlan {
  return { kind, title: kind, description: "", unit: "short", width, queries: { up: "up" } };
}

function planOf(rows: DashboardPlan["rows"]): DashboardPlan {
  return { uid: "a", title: "A", description: "", variables: [], rows };
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
