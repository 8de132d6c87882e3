import { createFailure, currentStep, type Failure, isQueueName, type Route } from "@asya/protocol";
import type { Policy } from "./policy.ts";

/**
 * Whether a message may go to the step its route names next.
 *
 * @param route the route, already advanced
 * @param policy the sidecar's place in the mesh
 * @returns the `route_error`, or `undefined` when it may
 */
export function checkNextStep(route: Route, policy: Policy): Failure | undefined {
  const next = currentStep(route);
  if (next === undefined) return undefined;
  if (!isQueueName(next)) {
    return createFailure("route_error", `the next step is "${next}", which cannot name a queue`);
  }
  if ([policy.happyEnd, policy.errorEnd, policy.deadLetter].includes(next)) {
    return createFailure(
      "route_error",
      `the next step is "${next}", a terminal queue; a route names none, ` +
        "since messages come there by themselves",
    );
  }
  if (policy.allowedSteps === undefined || policy.allowedSteps.has(next)) return undefined;
  return createFailure(
    "route_error",
    `the next step is "${next}"; step "${policy.queue}" may send to ` +
      [...policy.allowedSteps].map((name) => `"${name}"`).join(", "),
  );
}
