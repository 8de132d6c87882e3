import { poll, rssMbOf } from "../../tests/kit/mod.ts";
import { echoCall, restCall } from "./call.ts";
import { toMarkdown } from "./format_runs.ts";
import { runWrk } from "./run_wrk.ts";
import { type Stand, startStand } from "./stand.ts";

const JOBS = 1_000_000;
const CONNECTIONS = 32;

/** The load comes in pieces, to look at the memory in between. */
const PIECE_SECONDS = 10;

/** Finished jobs are kept so long, in seconds. */
const TTL_SECONDS = 5;

/** A gateway that may hold only so many refuses the rest. */
const FEW_JOBS = 20_000;

/**
 * The memory of a gateway that keeps jobs in its own, over a million of them that end while it
 * works: jobs that end as they begin, and jobs whose end is reported one by one. Then one whose jobs
 * do not end, and that may hold few. Prints a table.
 *
 * @param wrk the load generator
 * @param say is told what is being measured
 * @param jobs how many
 */
export async function printMillion(
  wrk: string,
  say: (doing: string) => void,
  jobs: number = JOBS,
): Promise<void> {
  const rows = [["jobs", "calls/s", "refused", "resident: largest · at the end · when idle"]];
  const env = {
    ASYA_JOB_TTL: `${TTL_SECONDS}s`,
    ASYA_MEMORY_MAX_JOBS: "1000000",
    ASYA_MEMORY_MAX_BYTES: "8GiB",
  };
  {
    await using stand = await startStand({ store: "memory", builtInOnly: true, env });
    say(`${jobs} jobs that end as they begin`);
    if (stand) rows.push(await watchMemory("end at once", stand, { wrk, jobs, call: echoCall }));
  }
  {
    await using stand = await startStand({ store: "memory", endJobs: true, env });
    say(`${jobs} jobs whose end is reported`);
    if (stand) rows.push(await watchMemory("reported ends", stand, { wrk, jobs, call: restCall }));
  }
  {
    const few = { ASYA_MEMORY_MAX_JOBS: String(FEW_JOBS) };
    await using stand = await startStand({ store: "memory", env: few });
    say(`${FEW_JOBS} jobs that do not end, and calls beyond`);
    const options = { wrk, jobs: FEW_JOBS, call: restCall };
    if (stand) rows.push(await watchMemory("never end", stand, options));
  }
  console.log(toMarkdown(rows));
}

async function watchMemory(
  name: string,
  stand: Stand,
  options: { readonly wrk: string; readonly jobs: number; readonly call: typeof restCall },
): Promise<string[]> {
  const resident = () => Math.max(...stand.gatewayPids.map(rssMbOf));
  const [created, refused, sizes] = [[0], [0], [resident()]];
  const beginMs = performance.now();
  while (created.reduce((sum, count) => sum + count) < options.jobs) {
    const load = await runWrk({
      ...{ wrk: options.wrk, url: stand.urls[0] ?? "", call: options.call },
      ...{ connections: CONNECTIONS, seconds: PIECE_SECONDS },
    });
    created.push(load.answers - load.refused);
    refused.push(load.refused);
    sizes.push(resident());
    if (load.broken > 0) throw new Error(`${load.broken} calls broke`);
    if (load.answers === load.refused) break;
  }
  const seconds = (performance.now() - beginMs) / 1_000;
  const count = created.reduce((sum, one) => sum + one);
  const atEnd = sizes.at(-1) ?? 0;
  const idleMs = performance.now() + 2 * TTL_SECONDS * 1_000;
  await poll("the last jobs to be forgotten", () => performance.now() > idleMs, {
    timeoutMs: 4 * TTL_SECONDS * 1_000,
  });
  return [
    `${count} that ${name}`.replace("that reported", "with reported"),
    (count / seconds).toFixed(0),
    String(refused.reduce((sum, one) => sum + one)),
    [Math.max(...sizes), atEnd, resident()].map((mb) => `${mb.toFixed(0)} MB`).join(" · "),
  ];
}
