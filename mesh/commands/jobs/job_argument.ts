import { type Positional, required } from "../option.ts";

/** Which job is meant. */
export const jobArgument: Positional<string> = required({
  value: "ID",
  doc: "the job's id, or the letters it begins with",
  completes: "jobs",
});
