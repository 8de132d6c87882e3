/**
 * What must hold when all jobs have met a fault: everything that the promise of delivery says.
 *
 * @module
 */
import { isJsonObject, type Json, TERMINAL_QUEUES } from "@asya/protocol";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  brokenInvariants,
  GatewayClient,
  poll,
  type SeenJob,
  type SeenQueue,
  type ShownJob,
  type TestMesh,
} from "../kit/mod.ts";
import { readMetric } from "./metrics.ts";

/** A job as it ended, with every update that its stream told. */
export type EndedJob = SeenJob & ShownJob;

/** What is to come of the jobs. */
export interface Expectations {
  /** The failure with which a job shall end; none where nothing is said. */
  readonly failureOf?: (job: EndedJob) => string | undefined;
  /**
   * Whether the gateway itself fails a job, in words of its own: no actor stores it or writes a
   * letter about it.
   */
  readonly failsAtGateway?: (job: EndedJob) => boolean;
  /** Whether a job that succeeded has its result; that of a walk where nothing is said. */
  readonly hasResult?: (job: EndedJob) => boolean;
  /** How long it may take until the last one has ended, in milliseconds. */
  readonly limitMs?: number;
}

const LIMIT_MS = 180_000;

/**
 * Waits until all jobs have ended, and checks every invariant: each has its one end, which is the
 * right one, and nothing is left anywhere but the letters of those that failed.
 *
 * @param mesh the mesh, whose processes are left alone by now
 * @param answered the jobs that were called for
 * @param expectations what is to come of them
 * @returns every job, also those whose callers never heard of them
 */
export async function assertAllArrived(
  mesh: TestMesh,
  answered: readonly string[],
  expectations: Expectations = {},
): Promise<EndedJob[]> {
  const { failureOf = () => undefined, failsAtGateway = () => false } = expectations;
  const { hasResult = hasWalked, limitMs = LIMIT_MS } = expectations;
  const gateway = new GatewayClient(mesh.gatewayUrl);
  await mesh.waitUntilReady();
  await waitForTheEnd(mesh, gateway, limitMs);
  const jobs = await readJobs(gateway);
  const carried = jobs.filter((job) => !(job.status === "Failed" && failsAtGateway(job)));
  const wrong = carried.filter((job) => job.error !== failureOf(job));
  assert.deepEqual(wrong.map(({ id, error }) => [id, error]), [], "jobs that ended otherwise");
  const isWrong = (job: EndedJob) => job.status === "Succeeded" && !hasResult(job);
  assert.deepEqual(jobs.filter(isWrong), [], "jobs with another result");
  const failed = carried.filter(({ status }) => status === "Failed").map(({ id }) => id);
  assert.deepEqual(await takeLetters(mesh), new Set(failed), "dead letters");
  const broken = brokenInvariants({
    accepted: [...new Set([...answered, ...jobs.map(({ id }) => id)])],
    jobs,
    expected: carried.flatMap(outcomesOf),
    effects: await storedOutcomes(mesh.resultsPath),
    queues: await mesh.contents(),
  });
  assert.deepEqual(broken, []);
  return jobs;
}

/**
 * Waits until jobs have ended, and after the last one the work on what came twice, held or not.
 *
 * @param mesh the mesh
 * @param gateway its gateway
 * @param timeoutMs how long the jobs may take
 */
export async function waitForTheEnd(
  mesh: TestMesh,
  gateway: GatewayClient,
  timeoutMs: number,
): Promise<void> {
  await emptied("jobs that are under way", timeoutMs, async () => {
    const open = (await gateway.jobs()).filter(({ status }) => !/Succeeded|Failed/.test(status));
    return open.length === 0 ? [] : [open.length, ...open.slice(0, 3), ...await filledQueues(mesh)];
  });
  await emptied("messages somewhere", 60_000, async () => [
    ...await busySidecars(mesh),
    ...await filledQueues(mesh),
    // What was in hand before may be in a queue, and what was in a queue may be in hand.
    ...await busySidecars(mesh),
  ]);
}

/** Sidecars that work on messages, also on some whose queue has taken them back. */
async function busySidecars(mesh: TestMesh): Promise<string[]> {
  const sidecars = [...mesh.processes.keys()].filter((name) => name.endsWith(".sidecar"));
  const inHand = await Promise.all(
    sidecars.map(async (name) => ({
      name,
      count: await readMetric(mesh, name, "active_messages"),
    })),
  );
  return inHand.filter(({ count }) => count > 0).map(({ name, count }) => `${count} in ${name}`);
}

async function filledQueues(mesh: TestMesh): Promise<SeenQueue[]> {
  return (await mesh.contents()).filter(({ name, ready, unacked, delayed }) =>
    (name === TERMINAL_QUEUES.deadLetter ? unacked : ready + unacked + delayed) > 0
  );
}

/** Waits until nothing is left of a list; what is left when the time is over, the failure says. */
async function emptied(
  what: string,
  timeoutMs: number,
  list: () => Promise<unknown[]>,
): Promise<void> {
  let left: unknown[] = [];
  try {
    await poll(`the end of ${what}`, async () => {
      left = await list();
      return left.length === 0;
    }, { timeoutMs, everyMs: 500 });
  } catch (cause) {
    throw new Error(`there are still ${what}: ${JSON.stringify(left)}`, { cause });
  }
}

/**
 * Every job that a gateway has, with all its updates.
 *
 * @param gateway the gateway
 */
export async function readJobs(gateway: GatewayClient): Promise<EndedJob[]> {
  const jobs: EndedJob[] = [];
  const ids = (await gateway.jobs()).map(({ id }) => id);
  const read = async () => {
    for (let id; (id = ids.pop()) !== undefined;) {
      jobs.push({ ...await gateway.job(id), updates: await gateway.updates(id) });
    }
  };
  await Promise.all(Array.from({ length: 16 }, read));
  return jobs;
}

/** Whether a job went through all three steps of a walk, and each branch is in its place. */
function hasWalked({ payload, result }: EndedJob): boolean {
  const { branches, ...rest } = payload as Record<string, Json>;
  const walked = { ...rest, walked: 3 };
  const expected = typeof branches === "number"
    ? Array.from({ length: branches }, (_, branch) => ({ ...walked, branch }))
    : walked;
  return isDeepStrictEqual(result, expected);
}

/** The jobs that the dead letters are about; a letter that came twice is one. */
async function takeLetters({ queues }: TestMesh): Promise<Set<unknown>> {
  const { ready } = await queues.holds(TERMINAL_QUEUES.deadLetter);
  const letters = ready === 0 ? [] : await queues.take(TERMINAL_QUEUES.deadLetter, ready);
  return new Set(letters.map(({ json }) => isJsonObject(json) ? json.job_id : undefined));
}

/** What is stored of a job that ended, by the names of {@linkcode storedOutcomes}. */
function outcomesOf({ id, result }: EndedJob): string[] {
  return placesOf(result).map((place) => [id, ...place].join(" "));
}

/** Where the results of branches are in a result, which nests as the fan-outs did. */
function placesOf(result: Json | undefined): number[][] {
  if (!Array.isArray(result)) return [[]];
  return result.flatMap((one, index) => placesOf(one).map((place) => [index, ...place]));
}

/**
 * The stored outcomes in a folder, as `job` or `job index` of a branch, with one more index for each further
 * fan-out; a second one of either counts too.
 */
export async function storedOutcomes(folder: string): Promise<string[]> {
  const outcomes: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) outcomes.push(...await storedOutcomes(`${folder}/${name}`));
    const [, id, branch = ""] = /^(.{36})(?:\.((?:-\d+-\d+-\w+)+))?(?:~.*)?\.json$/.exec(name) ??
      [];
    if (id === undefined) continue;
    const indices = branch.matchAll(/-(\d+)-\d+-\w+/g).map(([, index]) => index);
    outcomes.push([id, ...indices].join(" "));
  }
  return outcomes;
}
