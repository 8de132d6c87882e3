import { childrenOf, TestMesh, type TestMeshOptions, waitForNoProcess } from "../kit/mod.ts";
import assert from "node:assert/strict";

/** Three actors, the second of which makes branches of the jobs that ask for some. */
export const WALKERS = `
name: walkers
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: second, handler: ./steps.ts#split, concurrency: 4 }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters: { n: { type: integer }, branches: { type: integer }, workMs: { type: integer } }
    route: [first, second, third]
    timeout: 1200
`;

/** The names of those three. */
export const WALKING = ["first", "second", "third"];

/** What a fleet is to be made of, where it is to be another one than the usual. */
export type FleetOptions = Partial<TestMeshOptions>;

/**
 * Starts a mesh that is to live through a fault: three actors over which jobs of the tool `walk` go,
 * each with handlers of `tests/faults/handlers`. Retries come soon.
 *
 * @param options where its messages are, another file, other handlers, further variables
 */
export function startFleet(options: FleetOptions = {}): Promise<TestMesh> {
  const { env = {}, ...others } = options;
  return TestMesh.start({
    yaml: WALKERS,
    handlersIn: "tests/faults/handlers",
    ...others,
    env: { ...env, runtime: { ASYA_ERROR_RETRY_DELAY_BASE: "1s", ...env.runtime } },
  });
}

/** Stops the mesh: every process ends well, and takes its own along. */
export async function assertStopsClean(mesh: TestMesh): Promise<void> {
  const pids = [...mesh.processes.values()].flatMap(({ now }) => [now.pid, ...childrenOf(now.pid)]);
  const statuses = await mesh.stop();
  assert.deepEqual([...statuses].filter(([, { code }]) => code !== 0), []);
  await waitForNoProcess(pids);
}
