/**
 * A mesh whose jobs fan out and meet in a join of two replicas, in four ways, while its processes
 * are killed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject, TERMINAL_QUEUES } from "@asya/protocol";
import {
  brokenInvariants,
  GatewayClient,
  pause,
  type TestMesh,
  type TestMeshOptions,
} from "../kit/mod.ts";
import { makeTempFolder } from "../kit/temp_folder.ts";
import { type EndedJob, readJobs, storedOutcomes, waitForTheEnd } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { killProcess, killRuntime, untilBusy } from "./kill.ts";
import { printedRandom, type Scale } from "./scale.ts";

/** Branches of each job. */
const COUNT = 4;

/** The ways in which jobs meet, as tools, and what is asked of each. */
const WAYS: Readonly<Record<string, JsonObject>> = {
  all: {},
  failing: { fails: 1 },
  quorum: { fails: 1, slow: 3, slowMs: 1_500 },
  timed: { slow: 2, slowMs: 4_000 },
};

/** What a run is made of, and what must not be left out of it. */
export interface JoinFault {
  /** The mesh's store, as its file has it. */
  readonly store: string;
  /** A server of the join alone, and what happens to it meanwhile. */
  readonly own?: { readonly url: string; readonly breakOften: () => Promise<void> };
  readonly vhost: TestMeshOptions["vhost"];
  readonly scale: Scale;
  /** How often something is killed. */
  readonly kills: number;
}

function meshOf(store: string, notesPath: string, ownUrl: string | undefined): string {
  const env = ownUrl === undefined ? "{}" : `{ ASYA_DATABASE_URL: "${ownUrl}" }`;
  return `
name: joining
actors:
  - { name: split, handler: ./steps.ts#split, concurrency: 4 }
  - { name: work, handler: ./join.ts#work, concurrency: 32 }
  - { name: gather, join: true, replicas: 2, prefetch: 4, concurrency: 4, env: ${env} }
  - name: note
    handler: ./join.ts#note
    permissions: { write: [${notesPath}], env: [NOTES_PATH] }
    env: { NOTES_PATH: ${notesPath} }
store: { url: "${store}" }
defaults: { timeout: 1200 }
tools:
  - { name: all, parameters: ${PARAMETERS}, route: [split, work, gather, note] }
  - { name: failing, parameters: ${PARAMETERS}, route: [split, work, gather, note] }
  - name: quorum
    parameters: ${PARAMETERS}
    route: [split, work, { join: gather, quorum: 2 }, note]
  - name: timed
    parameters: ${PARAMETERS}
    route: [split, work, { join: gather, quorum: 1, wait: all, timeout: 1s, late: dead-letter }, note]
`;
}

const PARAMETERS = `{ ${
  ["branches", "workMs", "fails", "slow", "slowMs"].map((name) => `${name}: { type: integer }`)
    .join(", ")
} }`;

/**
 * Calls for jobs of each way, kills what works on them from a printed seed, and checks that each
 * fan-out was joined once, and each job has its one right end.
 *
 * @param fault what the run is made of
 */
export async function joinWhileKilled(
  { store, own, vhost, scale, kills }: JoinFault,
): Promise<void> {
  const startedMs = performance.now();
  await using notes = await makeTempFolder();
  const notesPath = notes.at("notes");
  const random = printedRandom();
  await using mesh = await startFleet({ yaml: meshOf(store, notesPath, own?.url), vhost });
  const share = { ...scale, jobs: Math.ceil(scale.jobs / Object.keys(WAYS).length) };
  const calling = Object.entries(WAYS).map(([tool, asked]) =>
    callForJobs(mesh, random, {
      ...share,
      tool,
      argumentsOf: () => ({ ...asked, branches: COUNT, workMs: Math.floor(random() * 100) }),
    })
  );
  const breaking = own?.breakOften();
  const killed = await killAtRandom(mesh, random, kills, scale.durationMs);
  await breaking;
  const accepted = (await Promise.all(calling)).flat();
  const gateway = new GatewayClient(mesh.gatewayUrl);
  await mesh.waitUntilReady();
  await waitForTheEnd(mesh, gateway, 180_000);
  const jobs = await readJobs(gateway);
  for (const job of jobs) assertEnd(job);
  assertNotedOnce(jobs, await Deno.readTextFile(notesPath));
  const lateLetters = (await takeLetters(mesh)).filter((type) => type === "LateBranch").length;
  const broken = brokenInvariants({
    accepted: [...new Set([...accepted, ...jobs.map(({ id }) => id)])],
    jobs,
    expected: jobs.filter(({ status }) => status === "Succeeded").map(({ id }) => id),
    // Those of branches that ended before the join have their place behind the job's id.
    effects: (await storedOutcomes(mesh.resultsPath)).filter((name) => !name.includes(" ")),
    queues: await mesh.contents(),
  });
  assert.deepEqual(broken, []);
  const lines = linesOf(mesh);
  assertFelt("processes around a join are killed", {
    killed,
    redelivered: countLines(lines, "a message goes back to its queue", { why: "redelivered" }),
    lateLetters,
    ...(own && { away: countLines(lines, "the join's database is away; branches wait") }),
    late: countLines(lines, "a branch came when its join had gone on"),
    atTheirTime: jobs.filter(({ tool, result }) =>
      tool === "timed" && listOf(result, "missing").length > 0
    )
      .length,
  }, { jobs: jobs.length, seconds: Math.round((performance.now() - startedMs) / 1_000) });
  await assertStopsClean(mesh);
}

/** The types of the errors that dead letters are about; most are of branches that failed. */
async function takeLetters({ queues }: TestMesh): Promise<unknown[]> {
  const { ready } = await queues.holds(TERMINAL_QUEUES.deadLetter);
  const letters = ready === 0 ? [] : await queues.take(TERMINAL_QUEUES.deadLetter, ready);
  return letters.map(({ json }) => {
    const details = isJsonObject(json) ? json.error_details : undefined;
    return isJsonObject(details) ? details.type : undefined;
  });
}

/** Kills sidecars and runtimes around the join, each while there is something to do. */
async function killAtRandom(
  mesh: TestMesh,
  random: () => number,
  kills: number,
  durationMs: number,
): Promise<number> {
  const names = ["gather.1", "gather.2", "gather.1", "gather.2", "work", "note", "split"];
  let killed = 0;
  for (let kill = 0; kill < kills; kill++) {
    // The first has branches in hand for sure: some are slow.
    const name = kill === 0 ? "work" : names[Math.floor(random() * names.length)]!;
    const ofRuntime = kill > 0 && random() < 0.5;
    // Spreads them over the time in which jobs come.
    await pause(random() * 2 * durationMs / kills);
    await untilBusy(mesh, name.split(".")[0]!);
    const pid = ofRuntime
      ? killRuntime(mesh, `${name}.runtime`)
      : killProcess(mesh, `${name}.sidecar`);
    if (pid !== undefined) killed++;
  }
  return killed;
}

function assertEnd({ tool, status, error, error_details: details, result }: EndedJob): void {
  if (tool === "failing") {
    assert.equal(error, "processing_error");
    assert.match(JSON.stringify(details), /branch 2 of 4 failed: it cannot be done/);
    return;
  }
  assert.equal(status, "Succeeded", `${tool}: ${error}`);
  assert.ok(isJsonObject(result));
  const branches = listOf(result, "branches");
  const here = branches.flatMap((branch, index) => branch === null ? [] : [index]);
  for (const index of here) assert.deepEqual(branches[index], { branch: index, done: true });
  if (tool === "all") {
    assert.deepEqual(Object.keys(result), ["branches"]);
    assert.equal(here.length, COUNT);
    return;
  }
  const missing = listOf(result, "missing");
  const failed = listOf(result, "failed");
  if (tool === "quorum") assert.equal(here.length, 2);
  for (const branch of failed) assert.deepEqual(branch, { index: 1, error: "it cannot be done" });
  const indices = [
    ...here,
    ...missing,
    ...failed.map((branch) => isJsonObject(branch) && branch.index),
  ];
  assert.deepEqual(indices.toSorted(), [0, 1, 2, 3], "each branch is in one place");
}

/** Whatever went on behind the join is one and the same message for each job. */
function assertNotedOnce(jobs: readonly EndedJob[], text: string): void {
  const noted = new Map<string, Set<string>>();
  for (const line of text.split("\n").filter(Boolean)) {
    const { jobId, payload } = JSON.parse(line);
    noted.set(jobId, (noted.get(jobId) ?? new Set()).add(JSON.stringify(payload)));
  }
  for (const { id, status } of jobs) {
    assert.equal(noted.get(id)?.size ?? 0, status === "Succeeded" ? 1 : 0, `merges of ${id}`);
  }
}

function listOf(result: Json | undefined, key: string): Json[] {
  const list = isJsonObject(result) ? result[key] : undefined;
  return Array.isArray(list) ? list : [];
}
