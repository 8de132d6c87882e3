import { lines } from "../panels.ts";
import type { RowPlan } from "../plan.ts";
import { sum, sumRate } from "../promql.ts";

/** What actors report, and who watches. */
export const updates: RowPlan = {
  title: "Updates",
  panels: [
    lines("Streams that are open", {
      description: "Callers and pages that watch jobs, about 100 KB each.",
      unit: "short",
      queries: {
        "{{pod}} {{instance}}": sum("asya_gateway_streams_open", { by: "pod, instance" }),
      },
    }),
    lines("Streams that were opened", {
      description: "Many, and few that stay open: callers lose their connection.",
      unit: "ops",
      queries: { opened: sumRate("asya_gateway_streams_opened_total") },
    }),
    lines("Reports of actors", {
      description: "By kind and what became of them; `ignored` came behind the end of their job.",
      unit: "ops",
      queries: {
        "{{report}} {{outcome}}": sumRate("asya_gateway_reports_total", { by: "report, outcome" }),
      },
    }),
  ],
};
