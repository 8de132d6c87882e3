/** A model, and what is done with it, in the words of OpenTelemetry's conventions for generative AI. */
export interface ModelUse {
  /** The model, as its provider calls it: `"gpt-5-mini"`, `"qwen3:8b"`. */
  readonly model: string;
  /** Who provides it; `_OTHER`, if not said. */
  readonly provider?: ModelProvider;
  /** What is done with it; `chat`, if not said. */
  readonly operation?: ModelOperation;
}

/**
 * A provider of models: one that the conventions name, or any other name.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
 */
export type ModelProvider =
  | "anthropic"
  | "aws.bedrock"
  | "azure.ai.inference"
  | "azure.ai.openai"
  | "cohere"
  | "deepseek"
  | "gcp.gemini"
  | "gcp.gen_ai"
  | "gcp.vertex_ai"
  | "groq"
  | "ibm.watsonx.ai"
  | "mistral_ai"
  | "moonshot_ai"
  | "openai"
  | "perplexity"
  | "x_ai"
  | string & Record<never, never>;

/**
 * What is done with a model: something that the conventions name, or anything else.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
 */
export type ModelOperation =
  | "chat"
  | "embeddings"
  | "generate_content"
  | "text_completion"
  | string & Record<never, never>;

/** Tokens, as far as they are known. */
export interface TokenUsage {
  /** Tokens of the prompt. */
  readonly inputTokens?: number;
  /** Tokens of the answer. */
  readonly outputTokens?: number;
}

/** One use of a model that is under way; its time began with it. */
export interface Generation {
  /**
   * Says that the first token is here. A handler that yields need not: its first `yield` after the
   * beginning counts as the first token, unless this says otherwise, sooner or later.
   */
  firstToken(): void;
  /** Says that it went well, and how many tokens it took and gave. */
  end(usage?: TokenUsage): void;
  /**
   * Says that it failed. Need not be called where the handler throws too.
   *
   * @param error what was thrown, whose class's name is counted, or a word for it, such as `"timeout"`
   * @param usage the tokens it took and gave until then
   */
  fail(error?: unknown, usage?: TokenUsage): void;
}

/** Labels of a metric that is declared in `ASYA_CUSTOM_METRICS`. */
export type MetricLabels = Readonly<Record<string, string | number | boolean>>;

/**
 * Reports what a handler measures to its sidecar, which shows it to Prometheus and OpenTelemetry.
 *
 * Nothing here throws or takes time, and nothing a handler reports can fail its work: a number that
 * makes no sense is dropped with a line in the log, and where nobody listens, all are.
 *
 * @example A model is called; a handler that throws meanwhile has a generation that failed
 * ```ts
 * import { runHandler } from "@asya/runtime/testing";
 * import type { HandlerContext, HandlerMessage } from "@asya/runtime";
 * import assert from "node:assert/strict";
 *
 * const complete = (prompt: string) =>
 *   Promise.resolve({ text: prompt.toUpperCase(), usage: { inputTokens: 2, outputTokens: 2 } });
 *
 * async function answer(msg: HandlerMessage<{ prompt: string }>, ctx: HandlerContext) {
 *   const generation = ctx.metrics.generation({ model: "shout-1", provider: "acme" });
 *   const { text, usage } = await complete(msg.payload.prompt);
 *   generation.end(usage);
 *   return { text };
 * }
 *
 * const { measured } = await runHandler(answer, { prompt: "to be" });
 * const [generation] = measured.filter((measure) => measure.kind === "generation");
 * assert.equal(generation?.model, "shout-1");
 * assert.equal(generation?.outputTokens, 2);
 * ```
 *
 * @example A metric of one's own, declared in `ASYA_CUSTOM_METRICS`
 * ```ts
 * import { runHandler } from "@asya/runtime/testing";
 * import assert from "node:assert/strict";
 *
 * const { measured } = await runHandler((_msg, ctx) => {
 *   for (const kind of ["scan", "text", "scan"]) ctx.metrics.count("pages_total", 1, { kind });
 *   return { pages: 3 };
 * }, {});
 * assert.deepEqual(measured, [
 *   { kind: "count", name: "pages_total", value: 2, labels: { kind: "scan" } },
 *   { kind: "count", name: "pages_total", value: 1, labels: { kind: "text" } },
 * ]);
 * ```
 */
export interface HandlerMetrics {
  /**
   * Begins to measure one use of a model: how long it takes, the time to its first token, its tokens
   * and their rate. One that is left open is ended with the call, as the call ends.
   *
   * @param use the model, and what is done with it
   */
  generation(use: ModelUse): Generation;
  /**
   * Counts tokens that were used, where there is nothing to be timed.
   *
   * @param used the model, and how many
   */
  tokens(used: ModelUse & TokenUsage): void;
  /**
   * Adds to a counter.
   *
   * @param name as it is declared
   * @param by how much, 1 if not said; never negative
   * @param labels a value for each label that is declared
   */
  count(name: string, by?: number, labels?: MetricLabels): void;
  /**
   * Puts a gauge to a level.
   *
   * @param name as it is declared
   * @param value the level
   * @param labels a value for each label that is declared
   */
  gauge(name: string, value: number, labels?: MetricLabels): void;
  /**
   * Adds one value to a histogram.
   *
   * @param name as it is declared
   * @param value what was observed
   * @param labels a value for each label that is declared
   */
  observe(name: string, value: number, labels?: MetricLabels): void;
}
