/**
 * A mesh of three steps that many jobs walk through, and what must hold when all have ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "@asya/protocol";
import {
  brokenInvariants,
  childrenOf,
  GatewayClient,
  pause,
  poll,
  seededRandom,
  type SeenJob,
  type ShownJob,
  TestMesh,
  type TestMeshOptions,
  waitForNoProcess,
} from "../kit/mod.ts";

/** Branches of every tenth job. */
const BRANCHES = 3;

const MESH = `
name: walkers
actors:
  - { name: first, handler: ./steps.ts#walk, concurrency: 4 }
  - { name: second, handler: ./steps.ts#split, concurrency: 4 }
  - { name: third, handler: ./steps.ts#walk, concurrency: 4 }
tools:
  - name: walk
    parameters: { n: { type: integer }, branches: { type: integer }, workMs: { type: integer } }
    route: [first, second, third]
    timeout: 600
`;

/** How many jobs are called for, and over how many milliseconds. */
export interface Calls {
  readonly jobs: number;
  readonly durationMs: number;
}

/**
 * Starts the mesh.
 *
 * @param options a RabbitMQ for its messages, where it shall not keep them itself
 */
export function startWalkers(options: Pick<TestMeshOptions, "vhost"> = {}): Promise<TestMesh> {
  return TestMesh.start({
    ...options,
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    env: { runtime: { ASYA_ERROR_RETRY_DELAY_BASE: "1s" } },
  });
}

/** Random numbers from a seed that is printed, and that `ASYA_TEST_SEED` sets. */
export function printedRandom(): () => number {
  const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  return seededRandom(seed);
}

/**
 * Calls for all jobs, evenly over the time; a call that fails is tried again, as users do.
 *
 * @returns the ids that were answered
 */
export async function callForJobs(
  mesh: TestMesh,
  random: () => number,
  { jobs, durationMs }: Calls,
): Promise<string[]> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const calls = Array.from({ length: jobs }, async (_, n) => {
    const args = { n, workMs: Math.floor(random() * 100) };
    // Stands for users who do not all come at once.
    await pause(n / jobs * durationMs);
    return await poll(`the gateway to take call ${n}`, async () => {
      try {
        return await gateway.call("walk", n % 10 === 0 ? { ...args, branches: BRANCHES } : args);
      } catch (error) {
        // The gateway ended; whether it made a job nobody knows.
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    }, { timeoutMs: 60_000, everyMs: 100 });
  });
  return await Promise.all(calls);
}

/**
 * Waits until all jobs have ended, and checks every invariant: each has its one end, which is the
 * right result, and nothing is left anywhere.
 *
 * @param mesh the mesh, whose processes are left alone by now
 * @param answered the jobs that were called for
 */
export async function assertAllArrived(mesh: TestMesh, answered: readonly string[]): Promise<void> {
  const gateway = new GatewayClient(mesh.gatewayUrl);
  await mesh.waitUntilReady();
  await waitForTheEnd(mesh, gateway);
  const jobs = await readJobs(gateway);
  const broken = brokenInvariants({
    accepted: [...new Set([...answered, ...jobs.map(({ id }) => id)])],
    jobs,
    expected: jobs.flatMap(({ id, result }) =>
      Array.isArray(result)
        ? Array.from({ length: BRANCHES }, (_, branch) => `${id} ${branch}`)
        : [id]
    ),
    effects: await storedOutcomes(mesh.resultsPath),
    queues: await Promise.all(
      mesh.queueNames.map(async (name) => ({ name, ...await mesh.queues.holds(name) })),
    ),
  });
  assert.deepEqual(broken, []);
  assert.deepEqual(
    jobs.filter(({ status }) => status !== "Succeeded").map(({ id, error }) => [id, error]),
    [],
    "nothing was wrong with any message: all of them come to a result",
  );
  assert.deepEqual(jobs.filter((job) => !hasItsResult(job)), []);
}

/** Stops the mesh: every process ends well, and takes its own along. */
export async function assertStopsClean(mesh: TestMesh): Promise<void> {
  const pids = [...mesh.processes.values()].flatMap(({ now }) => [now.pid, ...childrenOf(now.pid)]);
  const statuses = await mesh.stop();
  assert.deepEqual([...statuses].filter(([, { code }]) => code !== 0), []);
  await waitForNoProcess(pids);
}

async function waitForTheEnd(mesh: TestMesh, gateway: GatewayClient): Promise<void> {
  await mesh.queues.waitUntilEmpty(mesh.queueNames, 120_000);
  await poll("every job to have ended", async () => {
    const open = (await gateway.jobs()).filter(({ status }) => !/Succeeded|Failed/.test(status));
    return open.length === 0;
  }, { timeoutMs: 30_000, everyMs: 500 });
  await mesh.queues.waitUntilEmpty(mesh.queueNames);
}

type ReadJob = SeenJob & ShownJob;

async function readJobs(gateway: GatewayClient): Promise<ReadJob[]> {
  const jobs: ReadJob[] = [];
  const ids = (await gateway.jobs()).map(({ id }) => id);
  const read = async () => {
    for (let id; (id = ids.pop()) !== undefined;) {
      jobs.push({ ...await gateway.job(id), updates: await gateway.updates(id) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, read));
  return jobs;
}

/** Whether a job went through all three steps, and each branch is in its place. */
function hasItsResult({ payload, result }: ReadJob): boolean {
  const { branches, ...rest } = payload as Record<string, Json>;
  const walked = { ...rest, walked: 3 };
  const expected = typeof branches === "number"
    ? Array.from({ length: branches }, (_, branch) => ({ ...walked, branch }))
    : walked;
  return isDeepStrictEqual(result, expected);
}

/** The stored outcomes, as `job` or `job index` of a branch; a second one of either counts too. */
async function storedOutcomes(folder: string): Promise<string[]> {
  const outcomes: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) outcomes.push(...await storedOutcomes(`${folder}/${name}`));
    const [, id, branch] = /^(.{36})(?:\.-(\d+)-.*)?(?:~.*)?\.json$/.exec(name) ?? [];
    if (id !== undefined) outcomes.push(branch === undefined ? id : `${id} ${branch}`);
  }
  return outcomes;
}
