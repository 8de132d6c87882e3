import { nearestName } from "@asya/program";

/** The place of a step in a route, or why there is none. */
export type FoundStep =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly problem: string };

/**
 * The place of a step that was named, or given by its number.
 *
 * @param text a name, or a number from 0 on
 * @param steps the names of a route's steps
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findStep } from "./find_step.ts";
 * const steps = ["ocr", "judge", "refine", "judge"];
 * assert.deepEqual(findStep("refine", steps), { ok: true, index: 2 });
 * assert.deepEqual(findStep("3", steps), { ok: true, index: 3 });
 * assert.equal(findStep("judge", steps).ok, false);
 * ```
 */
export function findStep(text: string, steps: readonly string[]): FoundStep {
  const route = steps.map((name, index) => `${index} ${name}`).join(", ");
  const places = steps.flatMap((name, index) => name === text ? [index] : []);
  const [index] = places;
  if (index !== undefined) {
    if (places.length === 1) return { ok: true, index };
    return wrong(
      `--from-step is ${text}, which the route has at ${places.join(" and ")}; say which`,
    );
  }
  if (/^\d+$/.test(text) && Number(text) < steps.length) return { ok: true, index: Number(text) };
  const nearest = nearestName(text, steps);
  const hint = nearest === undefined ? `allowed: ${route}` : `did you mean ${nearest}?`;
  return wrong(`--from-step is ${JSON.stringify(text)}; ${hint}`);
}

function wrong(problem: string): FoundStep {
  return { ok: false, problem };
}
