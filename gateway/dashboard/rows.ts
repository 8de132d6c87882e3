import type { Row } from "./answer.ts";
import { showHome } from "./home.tsx";
import { listJobs } from "./jobs_page.tsx";
import { listTools, showTool, useTool } from "./tools/answer_tools.ts";

/** Every page of the dashboard, and everything that its forms and scripts ask for. */
export const rows: readonly Row[] = [
  { method: "GET", path: "/", needs: "any", answer: showHome },
  { method: "GET", path: "/dashboard/jobs", needs: "jobs:read", answer: listJobs },
  { method: "GET", path: "/dashboard/tools", needs: "tools:call", answer: listTools },
  { method: "GET", path: "/dashboard/tools/:name", needs: "tools:call", answer: showTool },
  { method: "POST", path: "/dashboard/tools/:name", needs: "tools:call", answer: useTool },
];
