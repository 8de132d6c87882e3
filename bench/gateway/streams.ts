/**
 * Streams of server-sent events: what an idle one takes, and how long the end of a job takes to
 * reach those who watch it; either everybody another job, or everybody the same. Run by itself it
 * takes arguments: how many streams (15000), and stores (memory sqlite postgres).
 *
 * @module
 */
import { findPostgres, freePort, pause, platformEnv, RunningProcess } from "../../tests/kit/mod.ts";
import { type Figure, percentile } from "../figure.ts";
import { BenchGateway } from "./streams/gateway.ts";
import { levelsTo, restingKbOf, slopeOf } from "./streams/memory.ts";
import { Watching } from "./streams/watching.ts";

type Say = (doing: string) => void;

/** Where a gateway keeps its jobs. */
const STORES = ["memory", "sqlite", "postgres"] as const;
type StoreName = typeof STORES[number];

/** Streams that one gateway shall hold. */
const MANY = 15_000;

/** Streams of the short form. */
const FEW = 2_000;

/** Files that a process has open besides its streams. */
const SPARE_FILES = 500;

/** Ends of jobs that are reported in a second, where everybody watches another job. */
const ENDS_PER_SECOND = 1_000;

/** Reports that are under way at a time. */
const REPORTERS = 32;

/** How often the gateway is asked whether it is busy. */
const LOOK_EVERY_MS = 20;

/** How long ends took to arrive, and how long the gateway was busy meanwhile. */
interface Delivery {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly lagMs: number;
}

/** What was measured with one store. */
interface StoreFigures {
  readonly store: StoreName;
  readonly kbPerStream: number;
  readonly rssMb: number;
  /** Everybody watches another job. */
  readonly own: Delivery;
  /** Everybody watches the same one. */
  readonly shared: Delivery;
}

/** What streams take of a server that does nothing else. */
interface BareFigures {
  readonly kbPerStream: number;
  readonly rssMb: number;
  readonly shared: Delivery;
}

async function measureBare(streams: number, say: Say): Promise<BareFigures> {
  say(`${streams} streams of a bare server`);
  const port = freePort();
  const script = new URL("streams/bare_server.ts", import.meta.url).pathname;
  await using server = new RunningProcess({
    name: "bare server",
    command: Deno.execPath(),
    args: ["run", "--quiet", "--no-prompt", `--allow-net=127.0.0.1:${port}`, script, String(port)],
    env: platformEnv(),
  });
  await server.waitForLine(({ text }) => text === "listening");
  await using watching = new Watching(port);
  const levels: [number, number][] = [];
  for (const level of levelsTo(streams)) {
    const more = level - (levels.at(-1)?.[0] ?? 0);
    await watching.open(Array.from({ length: more }, () => "/"));
    levels.push([level, await restingKbOf(server.pid)]);
  }
  const url = `http://127.0.0.1:${port}`;
  const shared = await measureDelivery(url, watching, async () => {
    const sentAtMs = performance.timeOrigin + performance.now();
    await (await fetch(url, { method: "POST" })).body?.cancel();
    return new Map([["all", sentAtMs]]);
  });
  return { kbPerStream: slopeOf(levels), rssMb: (levels.at(-1)?.[1] ?? 0) / 1024, shared };
}

async function measureStore(store: StoreName, streams: number, say: Say): Promise<StoreFigures> {
  await using stack = new AsyncDisposableStack();
  const database = store === "postgres"
    ? stack.use(await (await findPostgres()).createDatabase())
    : undefined;
  const gateway = stack.use(
    await BenchGateway.start((folder) =>
      database?.url ?? (store === "sqlite" ? `sqlite:${folder}/jobs.db` : "memory:")
    ),
  );
  const watching = stack.use(new Watching(gateway.port));
  const pathOf = (id: string) => `/jobs/${id}/stream`;

  say(`${store}: warming up`);
  const warm = await gateway.createJobs(300);
  await watching.open(warm.map(pathOf));
  await Promise.all(warm.map((id) => gateway.finish(id)));
  await watching.ends();

  say(`${store}: ${streams} streams on as many jobs`);
  const ids = await gateway.createJobs(streams);
  const levels: [number, number][] = [];
  for (const level of levelsTo(streams)) {
    await watching.open(ids.slice(levels.at(-1)?.[0] ?? 0, level).map(pathOf));
    levels.push([level, await restingKbOf(gateway.process.pid)]);
  }
  const own = await measureDelivery(gateway.url, watching, () => finishAll(gateway, ids));

  say(`${store}: ${streams} streams on one job`);
  const [id = ""] = await gateway.createJobs(1);
  await watching.open(Array.from({ length: streams }, () => pathOf(id)));
  await restingKbOf(gateway.process.pid);
  const shared = await measureDelivery(gateway.url, watching, () => finishAll(gateway, [id]));
  const rssMb = (levels.at(-1)?.[1] ?? 0) / 1024;
  return { store, kbPerStream: slopeOf(levels), rssMb, own, shared };
}

/** Reports the ends of jobs, so many in a second; answers with when each was reported. */
async function finishAll(
  gateway: BenchGateway,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const sent = new Map<string, number>();
  const startedMs = performance.now();
  let next = 0;
  const report = async () => {
    for (let at = next++; at < ids.length; at = next++) {
      const dueInMs = at * 1_000 / ENDS_PER_SECOND - (performance.now() - startedMs);
      if (dueInMs > 0) await pause(dueInMs); // until it is this report's turn
      const id = ids[at] ?? "";
      sent.set(id, await gateway.finish(id));
    }
  };
  await Promise.all(Array.from({ length: REPORTERS }, report));
  return sent;
}

/** Lets jobs end, and sees when those who watch them know. */
async function measureDelivery(
  url: string,
  watching: Watching,
  finish: () => Promise<ReadonlyMap<string, number>>,
): Promise<Delivery> {
  const lags: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const askedMs = performance.now();
      await (await fetch(`${url}/livez`, { method: "HEAD" })).body?.cancel();
      lags.push(performance.now() - askedMs);
      await pause(LOOK_EVERY_MS); // between two looks
    }
  })();
  const [sent, ends] = await Promise.all([finish(), watching.ends()]);
  isOver = true;
  await looking;
  const latencies = ends.map(([jobId, atMs]) => atMs - (sent.get(jobId) ?? NaN));
  return {
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
    lagMs: percentile(lags, 1),
  };
}

/** A few streams, in the time that a part of the benchmark may take. */
export async function measureStreams(say: Say): Promise<Figure[]> {
  const streams = FEW;
  const bare = await measureBare(streams, say);
  const { kbPerStream, shared } = await measureStore("sqlite", streams, say);
  const of = (what: string) => `${what}, ${streams} streams`;
  return [
    { part: "streams", name: of("idle, of a bare server"), value: bare.kbPerStream, unit: "kB" },
    { part: "streams", name: of("idle"), value: kbPerStream, unit: "kB", aim: { atMost: 40 } },
    { part: "streams", name: of("an end, of a bare server"), value: bare.shared.maxMs, unit: "ms" },
    {
      part: "streams",
      name: of("an end reaches all"),
      value: shared.maxMs,
      unit: "ms",
      aim: { atMost: 1_000 },
    },
  ];
}

function formatDelivery({ p50Ms, p99Ms, maxMs, lagMs }: Delivery): string {
  const [p50, p99, max, lag] = [p50Ms, p99Ms, maxMs, lagMs].map((ms) => Math.round(ms));
  return `${p50} · ${p99} · ${max} ms (busy ${lag})`;
}

/**
 * Prints a table in Markdown about many streams.
 *
 * @param streams how many
 * @param stores where jobs are kept
 */
async function print(streams: number, stores: readonly StoreName[], say: Say): Promise<void> {
  const allowed = filesAllowed();
  if (allowed < streams + SPARE_FILES) {
    throw new RangeError(
      `${streams} streams need ${streams + SPARE_FILES} open files in one process, and ` +
        `${allowed} are allowed; raise the limit (ulimit -Hn), or ask for fewer`,
    );
  }
  const bare = await measureBare(streams, say);
  console.log(
    `| ${streams} streams | an idle one | memory | an end, of one job each: p50 · p99 · max | ` +
      "an end, of one job for all |\n| --- | --- | --- | --- | --- |",
  );
  console.log(
    `| bare server | ${bare.kbPerStream.toFixed(1)} kB | ${Math.round(bare.rssMb)} MB | | ` +
      `${formatDelivery(bare.shared)} |`,
  );
  for (const store of stores) {
    const { kbPerStream, rssMb, own, shared } = await measureStore(store, streams, say);
    console.log(
      `| ${store} | ${kbPerStream.toFixed(1)} kB | ${Math.round(rssMb)} MB | ` +
        `${formatDelivery(own)} | ${formatDelivery(shared)} |`,
    );
  }
}

/** The table of many streams, with every store. */
export async function printStreams(say: Say): Promise<void> {
  await print(MANY, STORES, say);
}

/** How many files a process may have open; Deno takes all that it may. */
function filesAllowed(): number {
  const { stdout } = new Deno.Command("/bin/sh", { args: ["-c", "ulimit -Hn"] }).outputSync();
  const limit = new TextDecoder().decode(stdout).trim();
  return limit === "unlimited" ? Infinity : Number(limit);
}

if (import.meta.main) {
  const streams = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? MANY);
  const picked = STORES.filter((store) => Deno.args.includes(store));
  const say = (doing: string) => console.error(`streams: ${doing}`);
  await print(streams, picked.length > 0 ? picked : STORES, say);
}
