import {
  type Dashboard,
  DashboardCursorSync,
  type DashboardLink,
  type Panel,
  type RowPanel,
} from "@grafana/schema";
import { createPanel } from "./create_panel.ts";
import { createVariable } from "./create_variable.ts";
import { createSourceVariable } from "./data_source.ts";
import type { DashboardPlan, PanelPlan, RowPlan } from "./plan.ts";

/** What all dashboards of this folder have in common, and are found by. */
const TAG = "asya";

/** The columns of a dashboard. */
const COLUMNS = 24;

/** The height of each kind of panel, in Grafana's units of 30 pixels. */
const HEIGHTS = { timeseries: 8, stat: 4, table: 8 } as const;

/** Where the next panel goes, and how high its line is so far. */
interface Place {
  id: number;
  x: number;
  y: number;
  lineHeight: number;
}

/**
 * Makes a dashboard as Grafana reads it, from what is to be on it. Panels are laid out from left to
 * right in the order of the plan.
 *
 * @param plan what is to be on it
 * @returns the dashboard, of the schema that Grafana 11 and later read
 */
export function createDashboard(plan: DashboardPlan): Dashboard {
  const place: Place = { id: 1, x: 0, y: 0, lineHeight: 0 };
  return {
    uid: plan.uid,
    title: plan.title,
    description: plan.description,
    tags: [TAG],
    schemaVersion: 39,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    timezone: "browser",
    links: [otherDashboards()],
    templating: { list: [createSourceVariable(), ...plan.variables.map(createVariable)] },
    panels: plan.rows.flatMap((row) => layOutRow(row, place)),
  };
}

/** Leads from each dashboard to the others, with the choices and the time of this one. */
function otherDashboards(): DashboardLink {
  return {
    title: "Asya",
    type: "dashboards",
    tags: [TAG],
    icon: "external link",
    tooltip: "the other dashboards of the mesh",
    url: "",
    asDropdown: true,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
  };
}

function layOutRow(
  { title, panels, isClosed = false }: RowPlan,
  place: Place,
): (Panel | RowPanel)[] {
  const row = {
    type: "row",
    title,
    id: place.id++,
    gridPos: { x: 0, y: place.y, w: COLUMNS, h: 1 },
  } as const;
  place.y++;
  if (isClosed) {
    // Whoever opens it moves what is below.
    const inside: Place = { ...place };
    const laidOut = panels.map((panel) => layOutPanel(panel, inside));
    place.id = inside.id;
    return [{ ...row, collapsed: true, panels: laidOut }];
  }
  const laidOut = panels.map((panel) => layOutPanel(panel, place));
  endLine(place);
  return [{ ...row, collapsed: false, panels: [] }, ...laidOut];
}

function layOutPanel(plan: PanelPlan, place: Place): Panel {
  const { width: w, kind } = plan;
  const h = HEIGHTS[kind];
  if (place.x + w > COLUMNS) endLine(place);
  const gridPos = { x: place.x, y: place.y, w, h };
  place.x += w;
  place.lineHeight = Math.max(place.lineHeight, h);
  return { ...createPanel(plan), id: place.id++, gridPos };
}

function endLine(place: Place): void {
  place.y += place.lineHeight;
  place.x = 0;
  place.lineHeight = 0;
}
