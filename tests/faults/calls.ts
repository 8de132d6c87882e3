import type { JsonObject } from "@asya/protocol";
import { GatewayClient, pause, poll, type TestMesh } from "../kit/mod.ts";
import type { Scale } from "./scale.ts";

/** Branches of every tenth job. */
const BRANCHES = 3;

/** Milliseconds that a step works at most. */
const MAX_WORK_MS = 100;

/** How long the gateway may be away, for whoever calls it. */
const CALL_LIMIT_MS = 300_000;

/** What is called for. */
export interface Calls extends Scale {
  /** The tool; `walk` where nothing is said. */
  readonly tool?: string;
  /** The arguments of one call; those of a walk where nothing is said. */
  readonly argumentsOf?: (n: number, random: () => number) => JsonObject;
}

/**
 * Calls for jobs, evenly over the time; a call that fails is tried again, as users do.
 *
 * @param mesh whose gateway takes the calls
 * @param random makes the arguments
 * @param calls how many, over which time
 * @returns the ids that were answered
 */
export async function callForJobs(
  mesh: TestMesh,
  random: () => number,
  { jobs, durationMs, tool = "walk", argumentsOf = walkArguments }: Calls,
): Promise<string[]> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const calls = Array.from({ length: jobs }, async (_, n) => {
    const args = argumentsOf(n, random);
    // Stands for users who do not all come at once.
    await pause(n / jobs * durationMs);
    return await poll(`the gateway to take call ${n}`, async () => {
      try {
        return await gateway.call(tool, args);
      } catch (error) {
        // The gateway ended; whether it made a job nobody knows.
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    }, { timeoutMs: CALL_LIMIT_MS, everyMs: 100 });
  });
  return await Promise.all(calls);
}

/**
 * The arguments of a walk: some work, and branches for every tenth job.
 *
 * @param n the call's number
 * @param random says how much work
 */
export function walkArguments(n: number, random: () => number): JsonObject {
  const args = { n, workMs: Math.floor(random() * MAX_WORK_MS) };
  return n % 10 === 0 ? { ...args, branches: BRANCHES } : args;
}
