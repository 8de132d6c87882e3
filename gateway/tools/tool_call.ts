import type { Job, JsonObject } from "@asya/protocol";
import type { Caller } from "../auth/access.ts";
import type { CallResult } from "./call_result.ts";
import type { CallRefusal } from "../event.ts";
import type { NumberedUpdate } from "../jobs/stored_job.ts";

/** One call, whichever way it came. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly caller: Caller;
  /** What the caller knows this call by, so that repeating it makes no second job. */
  readonly key?: string | undefined;
  /** Application headers for the job's message. */
  readonly headers: Readonly<Record<string, string>>;
  /** The gateway's URL as the caller knows it, without a slash at its end. */
  readonly baseUrl: string;
  /** Set when the caller wants to see how it goes on. */
  readonly watcher?: CallWatcher | undefined;
  /** Aborts when the caller has gone away. */
  readonly gone?: AbortSignal | undefined;
  /** Whether a caller who goes away from a call that waits cancels its job. */
  readonly cancelsWhenGone?: boolean;
}

/** Somebody who wants to see how a call goes on. */
export interface CallWatcher {
  /** Is told of the job that the call became. */
  started(job: Job): Promise<void>;
  /** Is told of each update. */
  updated(update: NumberedUpdate): Promise<void>;
}

/** The answer to a call. */
export type ToolAnswer =
  | { readonly kind: "answered"; readonly result: CallResult }
  | {
    readonly kind: "refused";
    readonly reason: Exclude<CallRefusal, "arguments" | "too_large">;
    readonly message: string;
  };
