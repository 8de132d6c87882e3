import type { JsonObject } from "@asya/protocol";
import type { CheckValue, LocateProblems } from "./json_schema.ts";

/** When a call is answered: at once with the job's id, or at its end with its result. */
export const WAITS = ["auto", "never", "always"] as const;

/** One of {@linkcode WAITS}; `auto` waits for those who ask for progress. */
export type Wait = (typeof WAITS)[number];

/** JSON Schema 2020-12 of an object. */
export type ObjectSchema = JsonObject & { readonly type: "object" };

/** A tool: what callers see of it, and the way its jobs take. */
export interface Tool {
  /** What callers call it by. */
  readonly name: string;
  /** What it does, for people and models. */
  readonly description?: string;
  /** Of its arguments. */
  readonly inputSchema: ObjectSchema;
  /** JSON Schema 2020-12 of its result, where it promises one. */
  readonly outputSchema?: JsonObject;
  /** Names of the queues that a job passes through; empty for a tool that the gateway answers. */
  readonly steps: readonly string[];
  /** Indices of the steps that join a fan-out. */
  readonly joins: readonly number[];
  /** How those wait, by step, as it is written in messages. */
  readonly join: JsonObject;
  /** Whether waiting callers are sent progress. */
  readonly progress: boolean;
  /** How long a job of it may take. */
  readonly timeoutSeconds: number;
  /** Carried in the route, the job and the answer to a call. */
  readonly metadata: JsonObject;
  /** How failed work is tried again, by step, as it is written in messages. */
  readonly retry: JsonObject;
  /** When a call of it is answered. */
  readonly wait: Wait;
  /** Fills in defaults and checks arguments. */
  readonly checkArguments: CheckValue;
  /** The same, and where each argument is that is wrong. */
  readonly locateProblems: LocateProblems;
  /** Checks a result. */
  readonly checkResult?: CheckValue;
}
