import type { MeshPlan } from "./plan.ts";
import type { ProcessPlan } from "./plan_process.ts";

/** What is to be done so that processes run as a new plan says. */
export interface PlanChange {
  /** Processes to start, and to restart with something else. */
  readonly put: readonly ProcessPlan[];
  /** Processes that are not in the plan any more. */
  readonly removed: readonly ProcessPlan[];
  /** Names of the units of all of them, in the order of the plans. */
  readonly units: readonly string[];
}

/**
 * Compares what runs with what should.
 *
 * @param before what runs
 * @param after what should
 */
export function comparePlans(
  before: Pick<MeshPlan, "processes">,
  after: Pick<MeshPlan, "processes">,
): PlanChange {
  const known = new Map(before.processes.map((process) => [process.name, process]));
  const wanted = new Set(after.processes.map(({ name }) => name));
  const put = after.processes.filter((process) => !isSame(process, known.get(process.name)));
  const removed = before.processes.filter(({ name }) => !wanted.has(name));
  return { put, removed, units: [...new Set([...put, ...removed].map(({ unit }) => unit))] };
}

function isSame(one: ProcessPlan, other: ProcessPlan | undefined): boolean {
  if (other === undefined || one.cwd !== other.cwd) return false;
  return one.args.join("\n") === other.args.join("\n") && textOf(one.env) === textOf(other.env);
}

function textOf(env: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(env).sort());
}

/**
 * Ports for the sidecars of a mesh: those that run keep theirs.
 *
 * @param names of all sockets, in their order
 * @param before what runs
 * @param free ports for those that are new, as many as there are names
 * @example
 * ```ts
 * import { keepPorts } from "./compare_plans.ts";
 * import assert from "node:assert/strict";
 * const ocr = {
 *   name: "ocr.sidecar", unit: "ocr", program: "sidecar", args: [], cwd: "/",
 *   env: { ASYA_METRICS_ADDR: "127.0.0.1:20001" },
 * } as const;
 * assert.deepEqual(keepPorts(["new", "ocr"], { processes: [ocr] }, [7, 8]), [7, 20001]);
 * ```
 */
export function keepPorts(
  names: readonly string[],
  before: Pick<MeshPlan, "processes">,
  free: readonly number[],
): number[] {
  return names.map((name, index) => {
    const sidecar = before.processes.find((process) => process.name === `${name}.sidecar`);
    const port = sidecar?.env.ASYA_METRICS_ADDR?.split(":").at(-1);
    return port === undefined ? free[index] ?? 0 : Number(port);
  });
}
