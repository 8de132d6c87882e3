import { MOST_END_WELL, stat, yesNo } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { ratio, select, sumRate } from "../promql.ts";
import { TOOL } from "../variables.ts";

/** Whether the gateway is well, in six numbers. */
export const glance: RowPlan = {
  title: "At a glance",
  panels: [
    stat("Calls per second", {
      description: "Jobs that were made.",
      unit: "ops",
      queries: { calls: sumRate("asya_gateway_jobs_created_total", { where: TOOL }) },
    }),
    stat("Jobs that end well", {
      description: "Their share of those that ended.",
      unit: "percentunit",
      max: 1,
      thresholds: MOST_END_WELL,
      queries: {
        share: ratio(
          sumRate("asya_gateway_jobs_ended_total", { where: `${TOOL}, status="Succeeded"` }),
          sumRate("asya_gateway_jobs_ended_total", { where: TOOL }),
        ),
      },
    }),
    stat("Oldest call that is not sent", {
      description: "Calls wait for the broker, or for a queue that is not there.",
      unit: "s",
      thresholds: [[30, "yellow"], [60, "red"]],
      queries: { age: `max(${select("asya_gateway_outbox_oldest_seconds")})` },
    }),
    yesNo("All have their broker", {
      description: "Whether every gateway is connected to the broker.",
      queries: { connected: `min(${select("asya_gateway_transport_connected")})` },
    }),
    yesNo("Tools are as in their file", {
      description: "No: the file was changed and is bad; the log says where.",
      queries: { good: `min(${select("asya_gateway_config_last_reload_successful")})` },
    }),
    stat("Gateways", {
      description: "Those that Prometheus reaches.",
      unit: "short",
      queries: { gateways: `count(${select("asya_gateway_tools")})` },
    }),
  ],
};
