import type { Row } from "./answer.ts";
import { showHome } from "./home.tsx";
import { listJobs } from "./jobs_page.tsx";

/** Every page of the dashboard, and everything that its forms and scripts ask for. */
export const rows: readonly Row[] = [
  { method: "GET", path: "/", needs: "any", answer: showHome },
  { method: "GET", path: "/dashboard/jobs", needs: "jobs:read", answer: listJobs },
];
