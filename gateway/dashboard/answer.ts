import type { Context } from "@hono/hono";
import type { Scope } from "../auth/access.ts";
import type { AppEnv } from "../http/app_env.ts";
import type { JobStreams } from "../http/job_streams.ts";
import type { OverviewStreams } from "../http/overview_stream.ts";
import type { UpdateSource } from "../jobs/feed.ts";
import type { DeadLetters } from "../dead_letters/dead_letters.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Overview } from "../overview/overview.ts";
import type { CallsOptions } from "../tools/calls.ts";
import type { Tool } from "../tools/tool.ts";
import type { Show } from "./show.tsx";

/** What pages are made of. */
export interface PageParts {
  readonly jobs: Jobs;
  readonly updates: Pick<UpdateSource, "updatesAfter">;
  readonly streams: JobStreams;
  readonly calls: CallsOptions;
  readonly deadLetters: DeadLetters;
  readonly overview: Overview;
  readonly overviews: OverviewStreams;
  /** The tools at this moment, in the order of their file. */
  readonly tools: () => readonly Tool[];
  /** The gateway's URL as callers know it. */
  readonly baseUrlOf: (request: Request) => string;
  /** Where people look at traces, with `{trace_id}` in the trace's place. */
  readonly traceUrl?: string | undefined;
  /** How long a form may be. */
  readonly maxBodyBytes: number;
  readonly now: () => Date;
}

/** What a page's answer stands on. */
export interface AnswerParts extends PageParts {
  readonly show: Show;
}

/** Answers a request that was let in. */
export type Answer = (c: Context<AppEnv>, parts: AnswerParts) => Response | Promise<Response>;

/** One path of the dashboard. */
export interface Row {
  /** `POST` is what a form sends; it comes from a page of this gateway, or not at all. */
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  readonly needs: Scope | "any";
  readonly answer: Answer;
}
