import { lines, memoryPanel, quantiles } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { aboveZero, select, sumRate } from "../promql.ts";

const RELOADED = "asya_gateway_config_last_reload_success_timestamp_seconds";

/** The process of a gateway, and the tools that it has. */
export const process: RowPlan = {
  title: "The process",
  panels: [
    lines("How late timers are", {
      description: "For so long, everything else waits too: the event loop is busy.",
      unit: "s",
      width: 12,
      queries: quantiles("asya_gateway_event_loop_lag_seconds"),
    }),
    memoryPanel("asya_gateway_tools"),
    lines("Tools", {
      description: "Tools that can be called, and files of tools that were bad.",
      unit: "short",
      width: 12,
      queries: {
        tools: `max(${select("asya_gateway_tools")})`,
        "bad files per second": sumRate("asya_gateway_tools_refused_total"),
      },
    }),
    lines("Age of the tools", {
      description: "How long ago they were last taken from their file.",
      unit: "s",
      width: 12,
      queries: { age: `time() - max(${aboveZero(select(RELOADED))})` },
    }),
  ],
};
