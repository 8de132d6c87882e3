/**
 * The labels of a metric: each with the values that are known in advance, which appear with 0 from
 * the start, so that a rate over a counter sees its first increment. A label whose values are only
 * known at run time has an empty list.
 */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
export type LabelValues<L extends Labels> = { readonly [K in keyof L]: string };

/** What every metric has. */
export interface MetricOptions<L extends Labels> {
  /** The name without the namespace, ending in its unit or in `_total`. */
  readonly name: string;
  /** What it counts or measures, in a sentence or phrase. */
  readonly help: string;
  /** The labels; `{}` for none. */
  readonly labels: L;
  /** Its unit in OpenTelemetry, where the name does not end in one: `{token}/s`. */
  readonly unit?: string;
  /** How OpenTelemetry's semantic conventions call it; then no namespace stands before its name. */
  readonly convention?: Convention<L>;
}

/** What the semantic conventions of OpenTelemetry say of a metric. */
export interface Convention<L extends Labels> {
  /** Its name, such as `gen_ai.client.token.usage`. */
  readonly name: string;
  /** Its unit, such as `{token}`. */
  readonly unit: string;
  /** The attributes that labels stand for; the others keep their names. */
  readonly attributes?: { readonly [K in keyof L]?: string };
}

/** What a gauge may add. */
export interface GaugeOptions<L extends Labels> extends MetricOptions<L> {
  /** Reads the value whenever the metrics are read; only for a gauge without labels. */
  readonly read?: () => number;
}

/** What a histogram adds. */
export interface HistogramOptions<L extends Labels> extends MetricOptions<L> {
  /** The upper bounds of its buckets, rising. */
  readonly buckets: readonly number[];
}

/** A number that only grows. */
export interface Counter<L extends Labels> {
  /** Adds `by` (1 if not given, never negative). */
  inc(labels: LabelValues<L>, by?: number): void;
}

/** A number that goes up and down. */
export interface Gauge<L extends Labels> {
  /** Puts the value. */
  set(labels: LabelValues<L>, value: number): void;
  /** Adds `by`, which may be negative. */
  add(labels: LabelValues<L>, by: number): void;
  /** Shows no value any more. What Deno exports to OpenTelemetry stays at the last one. */
  remove(labels: LabelValues<L>): void;
}

/** The distribution of a measured value. */
export interface Histogram<L extends Labels> {
  /** Takes one measurement. */
  observe(labels: LabelValues<L>, value: number): void;
}

/** The metrics of one program. */
export interface Metrics {
  /** The media type of what {@linkcode render} gives. */
  readonly contentType: string;
  /** Registers a counter. */
  counter<const L extends Labels>(options: MetricOptions<L>): Counter<L>;
  /** Registers a gauge. */
  gauge<const L extends Labels>(options: GaugeOptions<L>): Gauge<L>;
  /** Registers a histogram. */
  histogram<const L extends Labels>(options: HistogramOptions<L>): Histogram<L>;
  /** Calls back before values are read: for a program that counts many things at a time. */
  beforeRender(prepare: () => void): void;
  /** Writes all values in Prometheus' text format. */
  render(): Promise<string>;
}
