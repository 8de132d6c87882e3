import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openSqlite } from "./sqlite.ts";
import { type ChildProcess, startChild } from "./testing/child_process.ts";
import { createRandom } from "./testing/random.ts";
import type { Transport } from "./transport.ts";

const queue = "work";
/** Short, so that what the dead held comes back soon; long enough for a busy machine. */
const leaseMs = 2_000;
const kills = 30;

/** What one process said about one message, and when (epoch milliseconds). */
interface Sighting {
  readonly worker: Worker;
  readonly what: string;
  readonly id: string;
  readonly at: number;
}

/** One process, from its start to its death. */
interface Worker {
  readonly role: "publish" | "consume";
  readonly process: ChildProcess;
  killedAt: number;
}

Deno.test("[D2] processes killed at any point lose nothing and repeat nothing settled", async () => {
  const seed = Number(Deno.args[0] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const told = `seed ${seed}; repeat with: deno test … sqlite_kill_test.ts -- ${seed}`;
  console.log(told);
  await killAtRandom(seed).catch((error) => {
    throw new Error(told, { cause: error });
  });
});

/** Publishes and consumes in processes that are killed, and checks what all of them saw. */
async function killAtRandom(seed: number): Promise<void> {
  const random = createRandom(seed);
  const folder = await Deno.makeTempDir();
  const path = `${folder}/queues.db`;
  const transport = await openSqlite({ path, leaseMs });
  await transport.declare([queue]);

  const sightings: Sighting[] = [];
  let started = 0;
  const listen = async (worker: Worker) => {
    for await (const line of worker.process.lines) {
      const [what = "", id = "", at] = line.split(" ");
      sightings.push({ worker, what, id, at: Number(at) });
    }
  };
  const kill = async ({ worker, listening }: { worker: Worker; listening: Promise<void> }) => {
    worker.killedAt = Date.now();
    worker.process.kill();
    await listening;
    await worker.process.ended();
  };
  const run = (role: Worker["role"]) => {
    const args = [queue, String(leaseMs), role, `p${started++}`, String(seed + started)];
    const process = startChild("work_child.ts", path, ...args);
    const worker: Worker = { role, process, killedAt: Infinity };
    return { worker, listening: listen(worker) };
  };

  const workers = (["publish", "publish", "consume", "consume", "consume"] as const).map(run);
  for (let count = 0; count < kills; count += 1) {
    // The time of the fault: no state is waited for.
    await new Promise((resolve) => setTimeout(resolve, 30 + random() * 150));
    const index = Math.floor(random() * workers.length);
    const victim = workers[index];
    if (victim === undefined) continue;
    await kill(victim);
    workers[index] = run(victim.worker.role);
  }
  await Promise.all(workers.filter(({ worker }) => worker.role === "publish").map(kill));
  await emptied(transport);
  await Promise.all(workers.filter(({ worker }) => worker.role === "consume").map(kill));
  await transport.close();

  const byId = Map.groupBy(sightings, ({ id }) => id);
  const confirmed = sightings.filter(({ what }) => what === "confirmed");
  const count = (what: string) => sightings.filter((sighting) => sighting.what === what).length;
  console.log(
    `${kills} kills, ${confirmed.length} confirmed, ${count("taken")} taken, ${
      count("acked")
    } acked`,
  );
  assert.ok(confirmed.length > 100, "the publishers worked");
  assert.ok(count("taken") > count("requeued") + byId.size, "kills led to redeliveries");
  for (const { id } of confirmed) checkStory(id, byId.get(id) ?? []);
  checkFile(path);
  await Deno.remove(folder, { recursive: true });
}

/** Checks what happened to one confirmed message, from all that was seen of it. */
function checkStory(id: string, story: readonly Sighting[]): void {
  const takes = story.filter(({ what }) => what === "taken").sort((one, two) => one.at - two.at);
  assert.ok(takes.length > 0, `${id} was confirmed, but never delivered`);
  assert.ok(story.filter(({ what }) => what === "acked").length <= 1, `${id} was settled twice`);
  for (const [index, take] of takes.entries()) {
    const next = takes[index + 1];
    if (next === undefined) continue;
    const between = story.filter(({ worker, at }) =>
      worker === take.worker && at >= take.at && at <= next.at
    );
    const acked = between.find(({ what, at }) => what === "acked" && at < next.at);
    assert.equal(acked?.at, undefined, `${id} was delivered after its ack was confirmed`);
    const gaveUp = between.find(({ what }) => what === "requeued");
    const freeAt = Math.min(gaveUp?.at ?? Infinity, take.worker.killedAt);
    assert.ok(next.at >= freeAt, `${id} was delivered while its holder lived`);
  }
}

/** Waits until every message is settled. */
async function emptied(transport: Transport): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (true) {
    const state = await transport.inspect(queue);
    if (state && Object.values(state).every((count) => count === 0)) return;
    assert.ok(Date.now() < deadline, `after a minute the queue still has ${JSON.stringify(state)}`);
    // Polls what the queue holds.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function checkFile(path: string): void {
  const db = new DatabaseSync(path);
  assert.deepEqual(Object.values(db.prepare("PRAGMA integrity_check").get() ?? {}), ["ok"]);
  for (const table of ["message", "body"]) {
    const rows = db.prepare(`SELECT count(*) AS count FROM ${table}`).get();
    assert.equal(rows?.count, 0, `${table} is not empty`);
  }
  db.close();
}
