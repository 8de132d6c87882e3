import type { Dashboard, Panel, RowPanel } from "@grafana/schema";
import { parse } from "yaml";
import { pathOf } from "../../kit/mod.ts";

/** A query that is written in a file of deploy/monitoring. */
export interface WrittenQuery {
  /** Where: the file and the panel, the variable or the rule. */
  readonly place: string;
  /** As it is written. */
  readonly expr: string;
  /** Labels that are shown with its values. */
  readonly shown: readonly string[];
}

/** A rule of the generated file. */
export interface WrittenRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A panel with an id and a place, which all of ours have. */
export type PlacedPanel = (Panel | RowPanel) & { readonly id: number; readonly gridPos: Grid };

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The generated file of rules. */
export const RULE_FILE = pathOf("deploy/monitoring/prometheus/rules.yml");

/** All dashboards, as they are in the repository. */
export async function readDashboards(): Promise<Dashboard[]> {
  const folder = pathOf("deploy/monitoring/grafana");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const files = names.filter((name) => name.endsWith(".json")).sort();
  return await Promise.all(
    files.map(async (name) => JSON.parse(await Deno.readTextFile(`${folder}/${name}`))),
  );
}

/** All rules, as they are in the repository. */
export async function readRules(): Promise<WrittenRule[]> {
  const file: { groups: { rules: WrittenRule[] }[] } = parse(await Deno.readTextFile(RULE_FILE));
  return file.groups.flatMap(({ rules }) => rules);
}

/** Every panel, those of closed rows included. */
export function panelsOf({ panels = [] }: Dashboard): PlacedPanel[] {
  return panels.flatMap((panel) => {
    const inside = panel.type === "row" ? (panel as RowPanel).panels : [];
    return [panel, ...inside] as PlacedPanel[];
  });
}

/** Every query of the dashboards and the rules. */
export function queriesIn(
  dashboards: readonly Dashboard[],
  rules: readonly WrittenRule[],
): WrittenQuery[] {
  return [
    ...dashboards.flatMap((
      dashboard,
    ) => [...queriesOfPanels(dashboard), ...queriesOfLists(dashboard)]),
    ...rules.map(({ alert, record, expr, annotations = {} }) => ({
      place: alert ?? record ?? "",
      expr,
      shown: Array.from(
        Object.values(annotations).join(" ").matchAll(/\$labels\.(\w+)/g),
        ([, label = ""]) => label,
      ),
    })),
  ];
}

function queriesOfPanels(dashboard: Dashboard): WrittenQuery[] {
  return panelsOf(dashboard).flatMap((panel) =>
    ((panel as Panel).targets ?? []).map((target): WrittenQuery => ({
      place: `${dashboard.title}: ${panel.title}`,
      expr: String(target.expr),
      shown: Array.from(
        String(target.legendFormat).matchAll(/{{(\w+)}}/g),
        ([, label = ""]) => label,
      ),
    }))
  );
}

/** `label_values(series, label)` asks for series and shows the label. */
function queriesOfLists({ title, templating }: Dashboard): WrittenQuery[] {
  return (templating?.list ?? []).filter(({ type }) => type === "query").map((variable) => {
    const { query } = variable.query as { query: string };
    const [, expr = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
    return { place: `${title}: $${variable.name}`, expr, shown: [label] };
  });
}

/**
 * A query as Grafana asks it: with a window, and with everything chosen.
 *
 * @param expr as it is written
 * @param chosen values of variables; `.*` for those that are not there
 */
export function fillIn(
  expr: string,
  window: string,
  chosen: Readonly<Record<string, string>> = {},
): string {
  return expr
    .replaceAll(/\$__(rate_interval|range)\b/g, window)
    .replaceAll(/\$(\w+)/g, (_, name) => chosen[name] ?? ".*");
}
