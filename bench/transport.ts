/**
 * Measures the embedded queue: how many messages it publishes and takes per second, with how many
 * in flight and how many processes, how soon an idle process wakes up, and how a claim fares in a
 * queue of a million. Prints a table, or JSON with `--json`.
 *
 * `deno run --no-prompt --allow-read --allow-write --allow-run bench/transport.ts [--json]`
 *
 * @module
 */
import { openSqlite, type Transport } from "@asya/transport";
import { DatabaseSync } from "node:sqlite";

/** One line of the result. */
export interface Measurement {
  /** What was measured. */
  readonly name: string;
  /** How many, or how long. */
  readonly value: number;
  /** What the value counts. */
  readonly unit: string;
}

/** What one process did, and from when to when (epoch milliseconds). */
interface Work {
  readonly begin: number;
  readonly end: number;
  readonly count: number;
  /** How long each message was on its way, where that was measured. */
  readonly latenciesMs: readonly number[];
}

/** What a worker process is asked to do. */
interface Task {
  readonly path: string;
  readonly role: "publish" | "consume";
  readonly inFlight: number;
  /** Messages to publish, or to take before it ends; consumers also end when the queue is empty. */
  readonly count: number;
}

const queue = "bench";
const bodyBytes = 1_024;

/**
 * Measures everything, one thing after the other.
 *
 * @param onMeasured is told each result as soon as there is one
 */
export async function measureTransport(onMeasured: (result: Measurement) => void): Promise<void> {
  for (const processes of [1, 4]) {
    for (const inFlight of [1, 10, 100]) {
      const count = (inFlight === 1 ? 4_000 : 20_000) / processes;
      const title = `${inFlight} in flight, ${processes === 1 ? "1 process" : "4 processes"}`;
      await withQueue(async (path) => {
        const works = await runWorkers(processes, { path, role: "publish", inFlight, count });
        onMeasured({ name: `publish, ${title}`, value: rate(works), unit: "messages/s" });
      });
      await withQueue(async (path) => {
        fill(path, count * processes);
        const task: Task = { path, role: "consume", inFlight, count: Infinity };
        const works = await runWorkers(processes, task);
        onMeasured({ name: `take and ack, ${title}`, value: rate(works), unit: "messages/s" });
        if (processes === 1) return;
        const value = Math.min(...works.map((work) => work.count)) / count * 100;
        onMeasured({ name: `take and ack, ${title}, least`, value, unit: "% of an even share" });
      });
    }
  }
  for (const idle of [1, 4]) {
    const latencies = await measureWakeUp(idle, 400);
    for (const [name, part] of [["p50", 0.5], ["p99", 0.99]] as const) {
      const value = latencies[Math.floor(latencies.length * part)] ?? NaN;
      onMeasured({ name: `wake-up, ${idle} idle, ${name}`, value, unit: "ms" });
    }
  }
  await withQueue(async (path) => {
    fill(path, 1_000_000);
    const [work] = await runWorkers(1, { path, role: "consume", inFlight: 100, count: 20_000 });
    const value = work === undefined ? NaN : rate([work]);
    onMeasured({ name: "take and ack, of a million waiting", value, unit: "messages/s" });
    const transport = await openSqlite({ path });
    const begin = preciseNow();
    await transport.inspect(queue);
    onMeasured({ name: "inspect a million", value: preciseNow() - begin, unit: "ms" });
    await transport.close();
  });
}

/** Publishes to idle processes, one message at a time; gives the latencies in order of length. */
async function measureWakeUp(idle: number, count: number): Promise<number[]> {
  const latencies: number[] = [];
  await withQueue(async (path, transport) => {
    const task: Task = { path, role: "consume", inFlight: 1, count: Infinity };
    const works = await runWorkers(idle, task, async () => {
      for (let sent = 0; sent < count; sent += 1) {
        // Lets the consumers fall asleep again.
        await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
        await transport.publish([outgoing(JSON.stringify({ sent: preciseNow() }))]);
      }
    });
    latencies.push(...works.flatMap((work) => work.latenciesMs));
  });
  return latencies.sort((one, other) => one - other);
}

/** Starts workers, lets them begin together, and waits for what they did. */
async function runWorkers(
  processes: number,
  task: Task,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Work[]> {
  const children = Array.from({ length: processes }, () => {
    const files = `${task.path},${task.path}-bells`;
    const script = import.meta.url;
    const flags = ["--no-prompt", `--allow-read=${files}`, `--allow-write=${files}`];
    return new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, script, "worker", JSON.stringify(task)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  });
  const outputs = children.map((child) => child.stdout.pipeThrough(new TextDecoderStream()));
  const readers = outputs.map((output) => output.getReader());
  await Promise.all(readers.map((reader) => reader.read())); // each says that it is ready
  await Promise.all(children.map((child) => child.stdin.getWriter().write(new Uint8Array(1))));
  await meanwhile();
  const works = await Promise.all(readers.map(async (reader) => {
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return JSON.parse(text);
  }));
  await Promise.all(children.map((child) => child.status));
  return works;
}

/** What a worker process does. */
async function work(task: Task): Promise<void> {
  const transport = await openSqlite({ path: task.path });
  console.log("ready");
  await Deno.stdin.read(new Uint8Array(1));
  const done = task.role === "publish"
    ? await publish(transport, task)
    : await consume(transport, task);
  await transport.close();
  console.log(JSON.stringify(done));
  Deno.exit(); // the parent keeps our standard input open
}

async function publish(transport: Transport, { inFlight, count }: Task): Promise<Work> {
  const begin = preciseNow();
  let left = count;
  const publishInTurn = async () => {
    while (left-- > 0) await transport.publish([outgoing("")]);
  };
  await Promise.all(Array.from({ length: inFlight }, publishInTurn));
  return { begin, end: preciseNow(), count, latenciesMs: [] };
}

/** Takes messages until so many are taken, or until none has come for a second. */
function consume(transport: Transport, { inFlight, count }: Task): Promise<Work> {
  const { promise, resolve } = Promise.withResolvers<Work>();
  const latenciesMs: number[] = [];
  const begin = preciseNow();
  let end = begin;
  let taken = 0;
  const finish = () => {
    clearInterval(timer);
    resolve({ begin, end, count: taken, latenciesMs });
  };
  // Looks whether the queue has run dry.
  const timer = setInterval(() => preciseNow() - end > 1_000 && finish(), 100);
  transport.consume(queue, {
    prefetch: inFlight,
    onDelivery: async (delivery) => {
      const now = preciseNow();
      const [first = 0] = delivery.body;
      if (first !== 0) {
        latenciesMs.push(now - JSON.parse(new TextDecoder().decode(delivery.body)).sent);
      }
      await delivery.ack();
      end = preciseNow();
      if (++taken === count) finish();
    },
  });
  return promise;
}

/** A message of a kilobyte of zeros, or of a text. */
function outgoing(text: string) {
  const body = text === "" ? new Uint8Array(bodyBytes) : new TextEncoder().encode(text);
  return { queue, body, messageId: crypto.randomUUID() };
}

/** Puts messages into the queue as fast as SQL can. */
function fill(path: string, count: number): void {
  const db = new DatabaseSync(path);
  const numbers =
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
  db.exec("BEGIN IMMEDIATE");
  db.exec(`${numbers} INSERT INTO body (id, bytes) SELECT i, zeroblob(${bodyBytes}) FROM n`);
  db.exec(`${numbers} INSERT INTO message
    (id, queue, available_at, published_at, message_id, headers) SELECT i, 1, i, i, i, '{}' FROM n`);
  db.exec("COMMIT");
  db.close();
}

async function withQueue(
  run: (path: string, transport: Transport) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/queues.db`;
  const transport = await openSqlite({ path });
  await transport.declare([queue]);
  await run(path, transport);
  await transport.close();
  await Deno.remove(folder, { recursive: true });
}

/** Messages per second of all workers together, from the first begin to the last end. */
function rate(works: readonly Work[]): number {
  const begin = Math.min(...works.map((work) => work.begin));
  const end = Math.max(...works.map((work) => work.end));
  const count = works.reduce((sum, work) => sum + work.count, 0);
  return count / (end - begin) * 1_000;
}

/** Epoch milliseconds with fractions, comparable between processes of a machine. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

if (import.meta.main) {
  const [first, task] = Deno.args;
  if (first === "worker") await work(JSON.parse(task ?? ""));
  const results: Measurement[] = [];
  await measureTransport((result) => {
    results.push(result);
    if (first === "--json") return;
    console.log(`${result.name.padEnd(52)} ${result.value.toFixed(2).padStart(12)} ${result.unit}`);
  });
  if (first === "--json") console.log(JSON.stringify(results, undefined, 2));
}
