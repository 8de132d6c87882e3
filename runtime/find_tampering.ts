import type { Failure } from "@asya/protocol/failure";
import type { Reply } from "@asya/protocol/reply";
import { checkRewrite, type Route } from "@asya/protocol/route";

/**
 * The failure of an answer that changes steps which are done, whoever will read it.
 *
 * @param reply the answer
 * @param route the route as the step received it
 * @example
 * ```ts
 * import { findTampering } from "./find_tampering.ts";
 * import assert from "node:assert/strict";
 * const route = { steps: ["ask", "judge"], current: 0, metadata: {} };
 * const answer = (steps: string[]) => ({ kind: "output", output: { payload: 1, steps } } as const);
 * assert.equal(findTampering(answer(["ask", "refine"]), route), undefined);
 * assert.equal(findTampering(answer(["judge"]), route)?.code, "processing_error");
 * ```
 */
export function findTampering(reply: Reply, route: Route): Failure | undefined {
  const outputs = reply.kind === "fan_out"
    ? reply.outputs
    : reply.kind === "output" || reply.kind === "joined"
    ? [reply.output]
    : [];
  for (const output of outputs) {
    const failure = output?.steps && checkRewrite(route, output.steps);
    if (failure) return failure;
  }
  return undefined;
}
