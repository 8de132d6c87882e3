import { type DataSourceRef, VariableHide, type VariableModel } from "@grafana/schema";

/** Whichever Prometheus is chosen at the top of the dashboard. */
export const DATA_SOURCE: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** Lets the reader choose it. */
export function createSourceVariable(): VariableModel {
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
