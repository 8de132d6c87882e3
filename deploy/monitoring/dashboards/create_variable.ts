import { VariableHide, type VariableModel, VariableRefresh, VariableSort } from "@grafana/schema";
import { DATA_SOURCE } from "./data_source.ts";
import type { VariablePlan } from "./plan.ts";

/** Makes a variable as Grafana reads it: a list to choose from, or a box to write in. */
export function createVariable(plan: VariablePlan): VariableModel {
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
