/** What a panel asks, in PromQL with the dashboard's variables, by what its legend says of it. */
export type Queries = Readonly<Record<string, string>>;

/** One panel. */
export interface PanelPlan {
  /** How it is drawn: lines over time, one number each, or a table of the latest numbers. */
  readonly kind: "timeseries" | "stat" | "table";
  readonly title: string;
  /** What is seen on it, and what to do about it; shown where the reader points at its corner. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** One or more; the legend names labels as `{{queue}}`. */
  readonly queries: Queries;
  /** Columns, of 24. */
  readonly width: number;
  /** The largest value that there can be. */
  readonly max?: number;
  /** Colours from a value on; green below the first. */
  readonly thresholds?: readonly (readonly [from: number, color: "yellow" | "red" | "green"])[];
  /** What stands there while nobody says anything; `nothing so far` where this says nothing. */
  readonly noValue?: string;
  /** Words for single values of a stat. */
  readonly words?: Readonly<Record<string, string>>;
  /** Lines lie upon each other, and show their sum. */
  readonly isStacked?: boolean;
  /** Another dashboard that says more, with the label whose value is its variable. */
  readonly leadsTo?: { readonly uid: string; readonly title: string; readonly variables: string };
}

/** Panels under a heading. */
export interface RowPlan {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
  /** Whether it is closed until somebody opens it. */
  readonly isClosed?: boolean;
}

/** Something that is chosen at the top of a dashboard. */
export interface VariablePlan {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** What there is to choose from, as `label_values(…)`; else the reader writes it. */
  readonly query?: string;
  /** Whether any number may be chosen, and all of them are at first. */
  readonly isMany?: boolean;
  /** What is there at first, where the reader writes it. */
  readonly initial?: string;
}

/** A dashboard. */
export interface DashboardPlan {
  /** Stands in its address; stays the same. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariablePlan[];
  readonly rows: readonly RowPlan[];
}
