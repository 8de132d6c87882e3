/**
 * A thousand jobs through a mesh of three actors, while its processes are killed at random. The
 * seed is printed; set ASYA_TEST_SEED to kill in the same order again.
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
  inTime,
  isRunning,
  pause,
  poll,
  seededRandom,
  type SeenJob,
  type ShownJob,
  TestMesh,
  waitForNoProcess,
} from "../kit/mod.ts";

const JOBS = 1_000;
const BRANCHES = 3;
/** Milliseconds over which the jobs are called for, and the processes killed. */
const CALLING_MS = 25_000;
const KILL_EVERY_MS = 700;

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

/** What was killed, by what it is in the mesh. */
interface Kill {
  readonly target: string;
  readonly pid: number;
}

Deno.test("[D16] [D2] a thousand jobs survive the death of every process, at any point", async () => {
  const seed = Number(Deno.env.get("ASYA_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    env: { runtime: { ASYA_ERROR_RETRY_DELAY_BASE: "1s" } },
  });
  const gateway = new GatewayClient(mesh.gatewayUrl);

  const calling = callForJobs(gateway, random);
  const kills = await killAtRandom(mesh, random, CALLING_MS);
  const answered = await inTime("every call to be answered", calling, 120_000);
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
  assert.ok(answered.length >= JOBS);
  assert.deepEqual(
    jobs.filter(({ status }) => status !== "Succeeded").map(({ id, error }) => [id, error]),
    [],
    "nothing was wrong with any message: all of them come to a result",
  );
  assert.deepEqual(jobs.filter((job) => !hasItsResult(job)), []);
  proveThatItHappened(mesh, kills);

  const pids = [...mesh.processes.values()].flatMap(({ now }) => [now.pid, ...childrenOf(now.pid)]);
  const statuses = await mesh.stop();
  assert.deepEqual([...statuses].filter(([, { code }]) => code !== 0), []);
  await waitForNoProcess(pids);
});

/** Calls for all jobs, evenly over the time; a call that fails is tried again, as users do. */
async function callForJobs(gateway: GatewayClient, random: () => number): Promise<string[]> {
  const calls = Array.from({ length: JOBS }, async (_, n) => {
    // Stands for users who do not all come at once.
    await pause(n / JOBS * CALLING_MS);
    const args = { n, workMs: Math.floor(random() * 100) };
    return await poll(`the gateway to take call ${n}`, async () => {
      try {
        return await gateway.call("walk", n % 10 === 0 ? { ...args, branches: BRANCHES } : args);
      } catch (error) {
        // The gateway was killed; whether it made a job nobody knows.
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    }, { timeoutMs: 60_000, everyMs: 100 });
  });
  return await Promise.all(calls);
}

/** Kills one process after the other, whichever chance picks: programs, and handlers' processes. */
async function killAtRandom(
  mesh: TestMesh,
  random: () => number,
  durationMs: number,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += KILL_EVERY_MS) {
    // Gives the mesh a moment of work between two deaths.
    await pause(KILL_EVERY_MS);
    const kind = oneOf(["gateway", "sidecar", "runtime", "handler"]);
    const program = kind === "handler" ? "runtime" : kind;
    const names = [...mesh.processes.keys()].filter((name) => name.endsWith(program));
    const name = oneOf(names);
    const { pid } = mesh.process(name).now;
    const [child] = kind === "handler" ? childrenOf(pid) : [];
    const target = child === undefined ? name : `the handler of ${name}`;
    if (kill(child ?? pid)) kills.push({ target, pid: child ?? pid });
  }
  return kills;
}

function kill(pid: number): boolean {
  if (!isRunning(pid)) return false;
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    // It had just ended.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
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

/** The faults happened, and were felt: processes died, messages came back, calls were lost. */
function proveThatItHappened(mesh: TestMesh, kills: readonly Kill[]): void {
  const kept = [...mesh.processes.values()];
  const died = kept.flatMap(({ lives }) =>
    lives.filter(({ status }) => status?.signal === "SIGKILL")
  );
  const output = kept.map(({ output }) => output).join("\n");
  const felt = {
    kills: kills.length,
    died: died.length,
    handlersKilled: kills.filter(({ target }) => target.startsWith("the handler")).length,
    redelivered: count(output, '"why":"redelivered"'),
    callsLost: count(output, "the runtime died during calls"),
  };
  console.log(JSON.stringify(felt));
  for (const [name, value] of Object.entries(felt)) assert.ok(value > 0, `${name} is ${value}`);
  assert.equal(felt.died + felt.handlersKilled, felt.kills);
  for (const program of ["gateway", "sidecar", "runtime"]) {
    assert.ok(died.some(({ name }) => name.endsWith(program)), `a ${program} was killed`);
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
