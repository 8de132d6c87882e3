import type { Figure } from "./figure.ts";
import { mcpCall, restCall } from "./gateway/call.ts";
import { findWrk } from "./gateway/find_wrk.ts";
import { measureBareInserts, measureBareServer } from "./gateway/floors.ts";
import { formatRuns, type NamedRun, toMarkdown } from "./gateway/format_runs.ts";
import { type CallRun, measureCalls } from "./gateway/measure_calls.ts";
import { printMillion } from "./gateway/million.ts";
import { type StandOptions, startStand } from "./gateway/stand.ts";

/** Code is compiled and connections are open by then. */
const WARM_UP_SECONDS = 3;

/** How long one load of the short form lasts, and one of the report. */
const SECONDS = { short: 5, long: 20 };

const CONNECTIONS = [32, 256];

/** Jobs that nobody works on stay: a store in memory has room for all of a run's. */
const ROOMY = { ASYA_MEMORY_MAX_JOBS: "10000000", ASYA_MEMORY_MAX_BYTES: "100GiB" };

/** Gateways by what they stand on, and the calls in a second that are aimed at. */
const STANDS = [
  { name: "memory, embedded queue", store: "memory", aim: 10_000, env: ROOMY },
  { name: "SQLite, embedded queue", store: "sqlite", aim: 4_000 },
  { name: "PostgreSQL, RabbitMQ", store: "postgres", aim: 5_000 },
] as const;

/** What MCP is aimed at, by however many processes. */
const MCP_AIM = 5_000;

const PROCESSES = [1, 2, 3];

/**
 * How many calls of 1 KiB a gateway takes in a second, on each of its stores, beside a server that
 * only answers.
 *
 * @param say is told what is being measured
 * @returns nothing where there is no wrk
 */
export async function measureGateway(say: (doing: string) => void): Promise<Figure[]> {
  const wrk = await findWrk();
  if (wrk === undefined) {
    say("nothing, since there is no wrk; install it (Debian, Ubuntu: wrk)");
    return [];
  }
  const [connections] = CONNECTIONS as [number];
  const load = { wrk, connections, seconds: SECONDS.short };
  say("a bare server");
  const floor = await measureBareServer("deno", load);
  const part = "gateway";
  const figures: Figure[] = [{
    ...{ part, name: "bare Deno.serve", unit: "calls/s" },
    value: floor.answers / floor.seconds,
  }];
  for (const { name, aim, ...stand } of STANDS) {
    say(name);
    const [run] = await measureStand(stand, restCall, [load]);
    if (run === undefined) continue;
    figures.push(
      { part, name, value: run.rate, unit: "calls/s", aim: { atLeast: aim } },
      { part, name: `${name}, p99`, value: run.p99Ms, unit: "ms", aim: { atMost: 50 } },
      { part, name: `${name}, gateway`, value: run.gatewayCores, unit: "cores" },
    );
  }
  return figures;
}

/**
 * What calls of a gateway cost: every store, REST and MCP, one process and several, beside servers
 * that only answer and a database that only inserts. Prints tables; takes ten minutes.
 *
 * @param say is told what is being measured
 */
export async function printCalls(say: (doing: string) => void): Promise<void> {
  const wrk = await requireWrk();
  const loads = CONNECTIONS.map((connections) => ({ wrk, connections, seconds: SECONDS.long }));
  const floors = [["floor", "connections", "in a second", "p99"]];
  for (const load of loads) {
    const { connections } = load;
    for (const kind of ["deno", "hono"] as const) {
      say(`a bare server (${kind}) at ${connections} connections`);
      const { answers, seconds, p99Ms } = await measureBareServer(kind, load);
      const name = kind === "deno" ? "bare Deno.serve" : "bare Hono on it";
      const rate = (answers / seconds).toFixed(0);
      floors.push([name, String(connections), `${rate} calls`, `${p99Ms.toFixed(1)} ms`]);
    }
    say(`bare inserts, ${connections} rows at a time`);
    const rate = await measureBareInserts(load);
    if (rate === undefined) continue;
    floors.push(["bare inserts in groups", String(connections), `${rate.toFixed(0)} rows`, ""]);
  }
  console.log(toMarkdown(floors), "\n");
  const runs: NamedRun[] = [];
  const add = (name: string, aim: number, found: readonly CallRun[]) =>
    runs.push(...found.map((run, index) => ({
      ...{ name, run },
      connections: CONNECTIONS[index] ?? 0,
      ...(index === 0 && { aim }),
    })));
  for (const { name, aim, ...stand } of STANDS) {
    say(name);
    add(name, aim, await measureStand(stand, restCall, loads));
  }
  const { name: embedded, store } = STANDS[1];
  say(`MCP on ${embedded}`);
  add(`MCP on ${embedded}`, MCP_AIM, await measureStand({ store }, mcpCall, loads));
  for (const processes of PROCESSES) {
    const name = `PostgreSQL, RabbitMQ, ${processes} ${processes === 1 ? "process" : "processes"}`;
    const stand = { store: "postgres", processes } as const;
    say(`MCP on ${name}`);
    add(`MCP on ${name}`, MCP_AIM, await measureStand(stand, mcpCall, loads));
    if (processes === 1) continue;
    say(name);
    add(name, 5_000, await measureStand(stand, restCall, loads));
  }
  console.log(formatRuns(runs));
}

/**
 * The memory of a gateway over a million jobs. Prints a table; takes ten minutes.
 *
 * @param say is told what is being measured
 */
export async function printMemory(say: (doing: string) => void): Promise<void> {
  await printMillion(await requireWrk(), say);
}

async function requireWrk(): Promise<string> {
  const wrk = await findWrk();
  if (wrk === undefined) throw new Error("there is no wrk; install it (Debian, Ubuntu: wrk)");
  return wrk;
}

async function measureStand(
  options: StandOptions,
  call: typeof restCall,
  loads: readonly { readonly wrk: string; connections: number; seconds: number }[],
): Promise<CallRun[]> {
  await using stand = await startStand(options);
  if (stand === undefined) return [];
  const runs: CallRun[] = [];
  for (const load of loads) {
    await measureCalls(stand, { ...load, call, seconds: WARM_UP_SECONDS });
    runs.push(await measureCalls(stand, { ...load, call }));
  }
  return runs;
}
