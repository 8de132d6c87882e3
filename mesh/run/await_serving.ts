import { awaitReady } from "./await_ready.ts";
import { pause } from "../pause.ts";
import type { MeshPlan } from "../plan/plan.ts";
import type { ProcessPlan } from "../plan/plan_process.ts";

/** The time between two looks for a socket. */
const LOOK_EVERY_MS = 5;

/**
 * Waits until the handler of a runtime that was just started can be called by its sidecar.
 *
 * @param runtime the runtime
 * @param plan of its mesh
 * @param signal ends the waiting
 * @returns whether it can
 */
export async function awaitServing(
  { socket = "", name }: ProcessPlan,
  plan: MeshPlan,
  signal: AbortSignal,
): Promise<boolean> {
  // The runtime before it has taken its socket along; this one makes its own when it can serve.
  while (!signal.aborted && !exists(socket)) await pause(LOOK_EVERY_MS, signal);
  const sidecar = plan.processes.find((process) =>
    process.name === name.replace(/\.runtime$/, ".sidecar")
  );
  if (sidecar?.readyUrl === undefined) return !signal.aborted;
  return (await awaitReady(sidecar.readyUrl, signal)).ready;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // it is about to be made
  }
}
