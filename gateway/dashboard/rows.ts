import type { Row } from "./answer.ts";
import { cancelJob, followJob, replayFromForm, showJob, showRaw } from "./job/answer_job.ts";
import { listJobs } from "./jobs/list_jobs.ts";
import { listLetters, showLetter, useLetter, useLetters } from "./dead_letters/answer_letters.ts";
import { followOverview, showHome } from "./overview/answer_overview.ts";
import { listTools, showTool, useTool } from "./tools/answer_tools.ts";

/** Every page of the dashboard, and everything that its forms and scripts ask for. */
export const rows: readonly Row[] = [
  { method: "GET", path: "/", needs: "any", answer: showHome },
  {
    method: "GET",
    path: "/dashboard/overview/stream",
    needs: "jobs:admin",
    answer: followOverview,
  },
  { method: "GET", path: "/dashboard/jobs", needs: "jobs:read", answer: listJobs },
  { method: "GET", path: "/dashboard/jobs/:id", needs: "jobs:read", answer: showJob },
  { method: "GET", path: "/dashboard/jobs/:id/stream", needs: "jobs:read", answer: followJob },
  { method: "GET", path: "/dashboard/jobs/:id/raw/:part", needs: "jobs:read", answer: showRaw },
  { method: "POST", path: "/dashboard/jobs/:id/cancel", needs: "tools:call", answer: cancelJob },
  {
    method: "POST",
    path: "/dashboard/jobs/:id/replay",
    needs: "tools:call",
    answer: replayFromForm,
  },
  { method: "GET", path: "/dashboard/tools", needs: "tools:call", answer: listTools },
  { method: "GET", path: "/dashboard/tools/:name", needs: "tools:call", answer: showTool },
  { method: "POST", path: "/dashboard/tools/:name", needs: "tools:call", answer: useTool },
  { method: "GET", path: "/dashboard/dead-letters", needs: "jobs:admin", answer: listLetters },
  { method: "POST", path: "/dashboard/dead-letters", needs: "jobs:admin", answer: useLetters },
  { method: "GET", path: "/dashboard/dead-letters/:id", needs: "jobs:admin", answer: showLetter },
  { method: "POST", path: "/dashboard/dead-letters/:id", needs: "jobs:admin", answer: useLetter },
];
