/**
 * A mesh whose second step does, for some jobs, what handlers should not do.
 *
 * @module
 */
import { isJsonObject } from "@asya/protocol";
import type { ShownJob } from "../kit/mod.ts";
import { type Calls, walkArguments } from "./calls.ts";

/** The mesh's file. */
export const ACTING_MESH = `
name: acting
actors:
  - { name: first, handler: ./steps.ts#split, concurrency: 4 }
  - { name: second, handler: ./acts.ts#act, concurrency: 4, timeout: 2s }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters:
      n: { type: integer }
      branches: { type: integer }
      workMs: { type: integer }
      do: { type: string }
    route: [first, second, third]
    timeout: 1200
`;

/**
 * Arguments of calls, most of which are walks.
 *
 * @param acts what the others do, by turns: see `handlers/acts.ts`
 * @param oneOf of so many jobs one is such
 */
export function actArguments(acts: readonly string[], oneOf: number): Calls["argumentsOf"] {
  return (n, random) =>
    n % oneOf === 1
      ? { n, do: acts[Math.floor(n / oneOf) % acts.length]!, workMs: Math.floor(random() * 100) }
      : walkArguments(n, random);
}

/**
 * What a job asked its handler to do that handlers should not do, if anything.
 *
 * @param job as the gateway shows it
 */
export function actOf({ payload = null }: Pick<ShownJob, "payload">): string | undefined {
  const act = isJsonObject(payload) ? payload.do : undefined;
  return typeof act === "string" ? act : undefined;
}
