/**
 * The invariants of delivery, over what a test has seen.
 *
 * @module
 */

/** One update of a job, in the order in which a client got it. */
export interface SeenUpdate {
  readonly status: string;
  readonly progressPercent?: number;
}

/** What a client can see of one job at the end. */
export interface SeenJob {
  readonly id: string;
  readonly status: string;
  readonly updates?: readonly SeenUpdate[];
}

/** What one queue holds at the end. */
export interface SeenQueue {
  readonly name: string;
  readonly ready: number;
  readonly unacked: number;
  readonly delayed: number;
}

/** Everything that a run left behind. */
export interface Seen {
  /** Ids of the jobs that were accepted: the call was answered with them. */
  readonly accepted: readonly string[];
  readonly jobs: readonly SeenJob[];
  /** The effects that the outside shall see, by name: one of each. */
  readonly expected: readonly string[];
  /** The effects that the outside sees (stored results), by the same names. */
  readonly effects: readonly string[];
  readonly queues: readonly SeenQueue[];
}

const TERMINAL = new Set(["Succeeded", "Failed"]);

/**
 * Names every broken invariant: each accepted job in exactly one terminal state, nothing lost,
 * as many visible effects as jobs, no terminal state changed, progress monotonic, queues empty and
 * nothing unacked.
 *
 * @param seen what the run left behind
 * @returns one sentence per violation; none when all hold
 */
export function brokenInvariants(seen: Seen): string[] {
  return [
    ...brokenJobs(seen),
    ...brokenEffects(seen),
    ...seen.jobs.flatMap(brokenUpdates),
    ...brokenQueues(seen.queues),
  ];
}

function brokenJobs({ accepted, jobs }: Seen): string[] {
  const found = new Map(jobs.map((job) => [job.id, job]));
  const twice = accepted.filter((id, index) => accepted.indexOf(id) !== index);
  return [
    ...twice.map((id) => `job ${id} was accepted twice`),
    ...accepted.flatMap((id) => {
      const job = found.get(id);
      if (!job) return [`job ${id} is lost`];
      return TERMINAL.has(job.status) ? [] : [`job ${id} is still ${job.status}`];
    }),
  ];
}

function brokenEffects({ expected, effects }: Seen): string[] {
  const counts = new Map<string, number>();
  for (const name of effects) counts.set(name, (counts.get(name) ?? 0) + 1);
  const known = new Set(expected);
  return [
    ...expected.filter((name) => !counts.has(name)).map((name) => `nobody sees the effect ${name}`),
    ...[...counts].filter(([, count]) => count > 1).map(([name, count]) =>
      `the effect ${name} is seen ${count} times`
    ),
    ...[...counts.keys()].filter((name) => !known.has(name)).map((name) =>
      `an effect ${name} is seen, which nobody asked for`
    ),
  ];
}

function brokenUpdates({ id, updates = [] }: SeenJob): string[] {
  const broken: string[] = [];
  let percent = 0;
  let end: string | undefined;
  for (const update of updates) {
    if (end !== undefined) broken.push(`job ${id} was ${end}, then came ${update.status}`);
    if (TERMINAL.has(update.status)) end = update.status;
    const next = update.progressPercent ?? percent;
    // A job that fails at 100 shows 99.9: the one decrease there is.
    const isAllowed = next >= percent || (update.status === "Failed" && next === 99.9);
    if (!isAllowed) broken.push(`the progress of job ${id} went from ${percent} to ${next}`);
    percent = next;
  }
  return broken;
}

function brokenQueues(queues: readonly SeenQueue[]): string[] {
  return queues.flatMap(({ name, ready, unacked, delayed }) =>
    ready + unacked + delayed === 0
      ? []
      : [`queue ${name} holds ${ready} ready, ${unacked} unacked, ${delayed} delayed`]
  );
}
