import type { GenerationMeasure } from "@asya/protocol";
import { limitSeries } from "./limit_series.ts";
import { type ModelMetrics, SHORTEST_MS } from "./model_metrics.ts";

/** Models, each with its provider and operation, that get series of their own. */
const MAX_MODELS = 100;

/** Kinds of errors that get series of their own. */
const MAX_ERROR_TYPES = 50;

/** What the conventions call a provider that nobody names, as they do errors. */
const OTHER_PROVIDER = "_OTHER";

/**
 * Creates what counts uses of models.
 *
 * @param metrics where to count
 * @param queue the queue of the actor whose handler uses them
 */
export function createGenerationCounter(
  metrics: ModelMetrics,
  queue: string,
): (generation: GenerationMeasure) => void {
  const limitModels = limitSeries(MAX_MODELS);
  const limitErrors = limitSeries(MAX_ERROR_TYPES);
  return (generation) => {
    const { durationMs, firstTokenMs, inputTokens, outputTokens, errorType } = generation;
    const [operation, provider, model] = limitModels([
      generation.operation ?? "chat",
      generation.provider ?? OTHER_PROVIDER,
      generation.model,
    ]);
    const labels = {
      queue,
      gen_ai_operation_name: operation,
      gen_ai_provider_name: provider,
      gen_ai_request_model: model,
    };
    if (inputTokens !== undefined) {
      metrics.tokens.observe({ ...labels, gen_ai_token_type: "input" }, inputTokens);
    }
    if (outputTokens !== undefined) {
      metrics.tokens.observe({ ...labels, gen_ai_token_type: "output" }, outputTokens);
    }
    if (durationMs === undefined) return;
    const [error_type = ""] = errorType === undefined ? [] : limitErrors([errorType]);
    metrics.durationSeconds.observe({ ...labels, error_type }, durationMs / 1000);
    if (errorType !== undefined) return;
    if (outputTokens !== undefined && durationMs >= SHORTEST_MS) {
      metrics.tokensPerSecond.observe(labels, outputTokens / (durationMs / 1000));
    }
    if (firstTokenMs === undefined) return;
    metrics.firstTokenSeconds.observe(labels, firstTokenMs / 1000);
    if (outputTokens !== undefined && outputTokens > 1) {
      const restMs = Math.max(0, durationMs - firstTokenMs);
      metrics.perTokenSeconds.observe(labels, restMs / 1000 / (outputTokens - 1));
    }
  };
}
