/** How urgent an alert is: somebody is woken up, or looks at it in the morning. */
export type Severity = "critical" | "warning";

/** An alert. In its sentences, `{{ $labels.queue }}` stands for what is affected. */
export interface Alert {
  readonly alert: string;
  /** PromQL that has values while something is wrong. */
  readonly expr: string;
  /** For how long it has to be so; left out: at once. */
  readonly for?: string;
  readonly severity: Severity;
  /** What is wrong, in a line. */
  readonly summary: string;
  /** What it means, and where to look first. */
  readonly description: string;
  /** Page of this repository's docs, and heading on it, that says what to do. */
  readonly runbook: string;
}

/** A query whose values are kept under a name, since others ask for them often. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** Rules that are looked at together. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Alert | Recording)[];
}
