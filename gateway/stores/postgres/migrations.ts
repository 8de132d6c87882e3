import type { Migration } from "@asya/program/postgres";
import { jobs } from "./migrations/0001_jobs.ts";
import { jobKeys } from "./migrations/0002_job_keys.ts";
import { writers } from "./migrations/0003_writers.ts";
import { pulse } from "./migrations/0004_pulse.ts";

/** All of them, in order. One that was published is never changed: another one follows it. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "jobs", sql: jobs },
  { version: 2, name: "job_keys", sql: jobKeys },
  { version: 3, name: "writers", sql: writers },
  { version: 4, name: "pulse", sql: pulse },
];
