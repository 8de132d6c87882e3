/**
 * Being a good process: settings, permissions, logs, metrics, health, shutdown, trace context and
 * back-off, the same in every program. Nothing about messages, queues or jobs may enter here, and
 * nothing that only one program needs.
 *
 * @example A program's configuration, from its environment to typed values
 * ```ts
 * import assert from "node:assert/strict";
 * import { defineSettings, duration, logSettings, parseSettings, text } from "@asya/program";
 *
 * const settings = defineSettings({
 *   ...logSettings,
 *   queueName: text({ env: "ASYA_QUEUE_NAME", required: true, doc: "the queue to serve" }),
 *   timeoutMs: duration({ env: "ASYA_TIMEOUT", default: "5m", doc: "the longest call" }),
 * });
 * const parsed = parseSettings(settings, { ASYA_QUEUE_NAME: "parser", ASYA_TIMEOUT: "90" });
 * assert(parsed.ok);
 * assert.deepEqual(parsed.config, {
 *   logLevel: "INFO",
 *   logFormat: undefined,
 *   queueName: "parser",
 *   timeoutMs: 90_000,
 * });
 * ```
 *
 * @module
 */

export * from "./backoff.ts";
export * from "./config.ts";
export * from "./count_in_batches.ts";
export * from "./escape_controls.ts";
export * from "./http.ts";
export * from "./list_metrics.ts";
export * from "./load_settings.ts";
export * from "./log.ts";
export * from "./log_line.ts";
export * from "./metric.ts";
export * from "./metrics.ts";
export * from "./missing_permission.ts";
export * from "./nearest_name.ts";
export * from "./ops_response.ts";
export * from "./otel_names.ts";
export * from "./parse_address.ts";
export * from "./parse_bytes.ts";
export * from "./parse_duration.ts";
export * from "./permissions.ts";
export * from "./plain_fields.ts";
export * from "./printable.ts";
export * from "./rarely.ts";
export * from "./setting.ts";
export * from "./settings_help.ts";
export * from "./shutdown.ts";
export * from "./trace.ts";
export * from "./tracing.ts";
export * from "./within.ts";
