import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  type Dashboard,
  DashboardCursorSync,
  type DashboardLink,
  type DataSourceRef,
  type FieldConfigSource,
  GraphDrawStyle,
  LegendDisplayMode,
  MappingType,
  type Panel,
  type RowPanel,
  SortOrder,
  StackingMode,
  type Threshold,
  ThresholdsMode,
  TooltipDisplayMode,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
  VisibilityMode,
} from "@grafana/schema";
import type { Options as StatOptions } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as TableOptions } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type {
  FieldConfig as Lines,
  Options as TimeSeriesOptions,
} from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import type { DashboardPlan, PanelPlan, RowPlan, VariablePlan } from "./plan.ts";

/** Whichever Prometheus is chosen at the top of the dashboard. */
const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

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
    templating: { list: [dataSourceVariable(), ...plan.variables.map(toVariable)] },
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

function dataSourceVariable(): VariableModel {
  return {
    name: "datasource",
    label: "Data source",
    description: "the Prometheus that scrapes the mesh",
    type: "datasource",
    query: "prometheus",
    hide: VariableHide.dontHide,
    skipUrlSync: false,
  };
}

function toVariable(plan: VariablePlan): VariableModel {
  const { name, label, description, query, isMany = false, initial = "" } = plan;
  const both = { name, label, description, hide: VariableHide.dontHide, skipUrlSync: false };
  if (query === undefined) {
    const current = { text: initial, value: initial, selected: true };
    return { ...both, type: "textbox", query: initial, current };
  }
  return {
    ...both,
    type: "query",
    datasource: DATA_SOURCE,
    query: { query, refId: name },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
    multi: isMany,
    includeAll: isMany,
    ...(isMany && {
      // A series without the label is one of all, too.
      allValue: ".*",
      current: { text: ["All"], value: ["$__all"], selected: true },
    }),
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
  return { ...toPanel(plan), id: place.id++, gridPos };
}

function endLine(place: Place): void {
  place.y += place.lineHeight;
  place.x = 0;
  place.lineHeight = 0;
}

function toPanel(plan: PanelPlan): Panel {
  const { kind, title, description, queries } = plan;
  const isNow = kind === "table";
  return {
    type: kind,
    title,
    description,
    datasource: DATA_SOURCE,
    fieldConfig: fieldConfigOf(plan),
    options: OPTIONS[kind],
    transformations: isNow ? [{ id: "merge", options: {} }] : [],
    targets: queries.map(({ expr, legend }, index) => ({
      datasource: DATA_SOURCE,
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      expr,
      legendFormat: legend,
      ...(isNow ? { instant: true, range: false, format: "table" } : { range: true }),
    })),
  };
}

const OPTIONS = {
  timeseries: {
    legend: {
      displayMode: LegendDisplayMode.List,
      placement: "bottom",
      showLegend: true,
      calcs: [],
    },
    tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
  } satisfies TimeSeriesOptions,
  stat: {
    colorMode: BigValueColorMode.Value,
    graphMode: BigValueGraphMode.Area,
    textMode: BigValueTextMode.Auto,
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
  } satisfies Partial<StatOptions>,
  table: { showHeader: true } satisfies Partial<TableOptions>,
};

function fieldConfigOf(plan: PanelPlan): FieldConfigSource {
  const { kind, unit, max, thresholds = [], words, isStacked, leadsTo } = plan;
  const { noValue = "nothing so far" } = plan;
  const base: Threshold = { value: null, color: "green" };
  const steps = thresholds.map(([value, color]) => ({ value, color }));
  const options = Object.fromEntries(
    Object.entries(words ?? {}).map(([value, text]) => [value, { text }]),
  );
  return {
    defaults: {
      unit,
      min: 0,
      ...(max !== undefined && { max }),
      noValue,
      thresholds: { mode: ThresholdsMode.Absolute, steps: [base, ...steps] },
      ...(words && { mappings: [{ type: MappingType.ValueToText, options }] }),
      ...(leadsTo && { links: [toLink(leadsTo)] }),
      ...(kind === "timeseries" && { custom: { ...lines(isStacked ?? false) } }),
    },
    overrides: [],
  };
}

function lines(isStacked: boolean): Lines {
  return {
    drawStyle: GraphDrawStyle.Line,
    lineWidth: 1,
    fillOpacity: isStacked ? 40 : 8,
    showPoints: VisibilityMode.Never,
    ...(isStacked && { stacking: { mode: StackingMode.Normal, group: "A" } }),
  };
}

/** A line of a panel leads where more is said about what it shows. */
function toLink({ uid, title, variables }: NonNullable<PanelPlan["leadsTo"]>) {
  const kept = "${datasource:queryparam}&${cluster:queryparam}&${namespace:queryparam}";
  return { title, url: `/d/${uid}?${variables}&${kept}&\${__url_time_range}`, targetBlank: false };
}
