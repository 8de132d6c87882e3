import {
  type GenerationMeasure,
  isLabelName,
  isMeasureNumber,
  isMeasureText,
  isMetricName,
  MAX_MEASURE_LABELS,
  MAX_MEASURE_TEXT,
  MAX_MEASURES,
  type Measure,
  type MeasureLabels,
} from "@asya/protocol/measure";
import type {
  Generation,
  HandlerMetrics,
  MetricLabels,
  ModelUse,
  TokenUsage,
} from "./handler_metrics.ts";
import { toJsonText } from "../json_text.ts";
import { OpenGeneration } from "./open_generation.ts";

/** What measuring needs of the host. */
export interface MetricsHost {
  /** Takes what was measured; drops it where nobody listens. */
  readonly measure: (measure: Measure) => void;
  /** Milliseconds by a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Tells the handler's author what makes no sense. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What one call of a handler measures. A handler may take its functions apart from it. */
export class CallMetrics implements HandlerMetrics {
  readonly #host: MetricsHost;
  readonly #open = new Set<OpenGeneration>();
  #isOver = false;
  #hasWarned = false;

  /** @param host where measures go */
  constructor(host: MetricsHost) {
    this.#host = host;
  }

  readonly generation = (use: ModelUse): Generation => {
    const model = this.#readModel(use);
    const generation = new OpenGeneration(this.#host.elapsed, ({ usage, errorType, ...times }) => {
      this.#open.delete(generation);
      if (!model) return;
      const error = errorType !== undefined && { errorType: shortened(errorType) };
      this.#take({ ...model, ...times, ...this.#readUsage(usage), ...error });
    });
    // One too many of them is measured as well, if it is ended.
    if (this.#open.size < MAX_MEASURES) this.#open.add(generation);
    return generation;
  };

  readonly tokens = (used: ModelUse & TokenUsage): void => {
    const model = this.#readModel(used);
    if (model) this.#take({ ...model, ...this.#readUsage(used) });
  };

  readonly count = (name: string, by = 1, labels: MetricLabels = {}): void =>
    this.#takeValue("count", name, by, labels);

  readonly gauge = (name: string, value: number, labels: MetricLabels = {}): void =>
    this.#takeValue("gauge", name, value, labels);

  readonly observe = (name: string, value: number, labels: MetricLabels = {}): void =>
    this.#takeValue("observe", name, value, labels);

  /** The handler streams a chunk. */
  yielded(): void {
    for (const generation of this.#open) generation.yielded();
  }

  /**
   * The call is over, and what is open with it; what a handler says later is not heard.
   *
   * @param errorType what kind of failure it ended in; not there where it went well
   */
  end(errorType?: string): void {
    for (const generation of this.#open) {
      if (errorType === undefined) generation.end();
      else generation.fail(errorType);
    }
    this.#isOver = true;
  }

  #take(measure: Measure): void {
    if (!this.#isOver) this.#host.measure(measure);
  }

  #takeValue(
    kind: "count" | "gauge" | "observe",
    name: string,
    value: number,
    said: MetricLabels,
  ): void {
    if (!isMetricName(name)) return this.#warn("name", name, "a metric's name");
    if (!isMeasureNumber(value) || (kind === "count" && value < 0)) {
      return this.#warn(name, value, kind === "count" ? "a number from 0" : "a number");
    }
    const labels = readLabels(said);
    if (!labels) {
      return this.#warn(name, said, `at most ${MAX_MEASURE_LABELS} labels, with text`);
    }
    this.#take(
      kind === "observe" ? { kind, name, values: [value], labels } : { kind, name, value, labels },
    );
  }

  #readModel(use: ModelUse): GenerationMeasure | undefined {
    // Types are only promises to a handler written in JavaScript.
    const { model, provider, operation }: Partial<ModelUse> = use ?? {};
    if (!isWord(model) || !isWord(provider ?? "_") || !isWord(operation ?? "_")) {
      this.#warn("generation", use, `names of 1 to ${MAX_MEASURE_TEXT} characters`);
      return undefined;
    }
    return {
      kind: "generation",
      model,
      ...(provider !== undefined && { provider }),
      ...(operation !== undefined && { operation }),
    };
  }

  #readUsage(usage: TokenUsage): TokenUsage {
    const { inputTokens, outputTokens } = usage ?? {};
    const isKnown = (tokens: unknown): tokens is number => {
      if (tokens === undefined || tokens === null) return false;
      const isLegal = typeof tokens === "number" && tokens >= 0 &&
        tokens <= Number.MAX_SAFE_INTEGER;
      if (!isLegal) this.#warn("tokens", tokens, "a number from 0");
      return isLegal;
    };
    return {
      ...(isKnown(inputTokens) && { inputTokens: Math.round(inputTokens) }),
      ...(isKnown(outputTokens) && { outputTokens: Math.round(outputTokens) }),
    };
  }

  /** One line in a call says enough: whoever does it wrong does so every time. */
  #warn(what: string, got: unknown, allowed: string): void {
    if (this.#hasWarned || this.#isOver) return;
    this.#hasWarned = true;
    const json = toJsonText(got, "it");
    const shown = json.ok ? json.text : typeof got === "number" ? String(got) : typeof got;
    const fields = { what, got: shown.slice(0, MAX_MEASURE_TEXT), allowed };
    this.#host.warn("a measure makes no sense and is dropped", fields);
  }
}

function readLabels(said: MetricLabels): MeasureLabels | undefined {
  const labels: Record<string, string> = {};
  let room = MAX_MEASURE_LABELS;
  for (const [name, value] of Object.entries(said ?? {})) {
    const isLegal = ["string", "number", "boolean"].includes(typeof value);
    if (!isLegal || !isLabelName(name) || room-- === 0) return undefined;
    labels[name] = shortened(String(value));
  }
  return labels;
}

function isWord(value: unknown): value is string {
  return isMeasureText(value) && value !== "";
}

/** Text that is cut may end in half a character. */
function shortened(text: string): string {
  return text.slice(0, MAX_MEASURE_TEXT).toWellFormed();
}
