import { readWith, type Schema, showJson, text } from "@asya/protocol";
import type { Span } from "@asya/program";
import type { Context, Hono } from "@hono/hono";
import type { Caller, Scope } from "../auth/access.ts";
import type { Denial, Refusal } from "../auth/denial.ts";

/** The connection that a request came over, where it came over one. */
export interface Connection {
  /** The other end of it. */
  readonly remoteAddr?: { readonly hostname?: string };
}

/** What a request carries from one handler to the next. */
export interface AppEnv {
  Bindings: Connection;
  Variables: {
    caller: Caller;
    /** The span that the platform makes of the request, where it traces. */
    span?: Span;
    /** What a page's form says, where it was read before its sender was let in. */
    form?: URLSearchParams;
  };
}

/** The app that routes are added to. */
export type App = Hono<AppEnv>;

/** Lets a request through, or answers it. */
export type Guard = (c: Context<AppEnv>, next: () => Promise<void>) => Promise<Response | void>;

/** Somebody who may not come in. */
export interface TurnedAway {
  readonly status: 401 | 403 | 429 | 503;
  readonly reason: Denial;
  /** A sentence for them. */
  readonly error: string;
}

/** How those who come to some routes show who they are, and are told that they may not come in. */
export interface Desk {
  /** What a request shows, as an `Authorization` header has it. */
  credentialOf(c: Context<AppEnv>): string | null;
  /** Answers somebody who may not come in. */
  turnAway(c: Context<AppEnv>, why: TurnedAway): Response;
}

/** The guards that routes name. */
export interface Guards {
  /** Lets in callers that may do something, or `any` that are known; programs, where no desk is named. */
  readonly needs: (scope: Scope | "any", desk?: Desk) => Guard;
  /** Refuses what a caller who was let in may not do; `undefined` when they may. */
  readonly refuseScope: (
    c: Context<AppEnv>,
    scope: Scope,
    desk?: Desk,
  ) => Response | undefined;
  /** Tells of somebody who is turned away, where a route does that itself. */
  readonly tell: (
    c: Context<AppEnv>,
    refusal: Omit<Refusal, "route" | "from" | "traceparent">,
  ) => void;
  /** Lets in those who report for actors. */
  readonly forReports: Guard;
}

/** Reads a job's id: what a store can have been asked to keep. */
export const jobIdSchema: Schema<string> = text("the job's id", {
  maxLength: 200,
  pattern: "^[!-~]+$",
});

/** The job that a path names; what cannot be an id names none, `""`. */
export function jobIdOf(c: Context<AppEnv>): string {
  const read = readWith(jobIdSchema, c.req.param("id"), "id");
  return read.ok ? read.value : "";
}

/** The answer about a job that is not there, or not for this caller to know of. */
export function unknownJob(c: Context<AppEnv>): Response {
  const shown = showJson(c.req.param("id"));
  return c.json(
    { error: `there is no job ${shown}; the id of one that was made here is allowed` },
    404,
  );
}
