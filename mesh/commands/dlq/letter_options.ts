import { many, type Option, type Positional, text } from "../option.ts";

/** Which dead letters are meant, by what is in them. */
export const filterOptions: Readonly<
  Record<"step" | "error" | "tool" | "job" | "q", Option<string | undefined>>
> = {
  step: text({ value: "NAME", doc: "those that failed at this step", completes: "actors" }),
  error: text({ value: "CODE", doc: "those that failed with this code, such as timeout_error" }),
  tool: text({ value: "NAME", doc: "those of this tool's jobs", completes: "tools" }),
  job: text({ value: "ID", doc: "those of this job", completes: "jobs" }),
  q: text({ value: "TEXT", doc: "those with this text in them" }),
};

/** Which dead letters are meant, by their ids. */
export const lettersArgument: Positional<readonly string[]> = many({
  value: "ID",
  doc: "a dead letter's id, or the letters it begins with",
  least: 0,
  completes: "letters",
});
