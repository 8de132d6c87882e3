import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  type FieldConfigSource,
  GraphDrawStyle,
  LegendDisplayMode,
  MappingType,
  type Panel,
  SortOrder,
  StackingMode,
  type Threshold,
  ThresholdsMode,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/schema";
import type { Options as StatOptions } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as TableOptions } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type {
  FieldConfig as Lines,
  Options as TimeSeriesOptions,
} from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
import { DATA_SOURCE } from "./data_source.ts";
import type { PanelPlan } from "./plan.ts";

/** Makes a panel as Grafana reads it, without its place on the dashboard. */
export function createPanel(plan: PanelPlan): Panel {
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
    targets: Object.entries(queries).map(([legend, expr], index) => ({
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
      ...(kind === "timeseries" && { custom: { ...styleOf(isStacked ?? false) } }),
    },
    overrides: [],
  };
}

function styleOf(isStacked: boolean): Lines {
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
