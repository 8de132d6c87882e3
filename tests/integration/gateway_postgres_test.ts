/**
 * Gateways as processes, with their jobs in one PostgreSQL database and their queues in one file:
 * none of them is needed, and neither is the database at every moment.
 *
 * @module
 */
import { openSqlite } from "@asya/transport";
import assert from "node:assert/strict";
import {
  answersOk,
  askOnce,
  findPostgres,
  flagsOf,
  freePort,
  inTime,
  makeTempFolder,
  parseGrants,
  parseUses,
  poll,
  type RunningProcess,
  seededRandom,
  startProgram,
  type TempFolder,
  ungranted,
} from "../kit/mod.ts";

const TOOLS = "tools: [{ name: scan, route: [ocr], timeout: 600 }]";

/** Jobs that meet a fault. */
const JOBS = Number(Deno.env.get("ASYA_TEST_JOBS") ?? 200);

/** How often a gateway is killed at least, however fast the jobs are. */
const MIN_KILLS = 4;

/** Callers at a time. */
const CALLERS = 8;

const postgres = await findPostgres();

/** A gateway's place among others: its process may come and go, its address stays. */
class Replica implements AsyncDisposable {
  readonly port = freePort();
  readonly url = `http://127.0.0.1:${this.port}`;
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: TempFolder;
  process: RunningProcess | undefined;

  constructor(folder: TempFolder, databaseUrl: string, more: Record<string, string> = {}) {
    this.#folder = folder;
    this.env = {
      ASYA_GATEWAY_PORT: String(this.port),
      ASYA_DATABASE_URL: databaseUrl,
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_CONFIG_PATH: folder.at("tools.yaml"),
      ...more,
    };
  }

  async start(auditTo?: string): Promise<void> {
    const { env } = this;
    const cwd = this.#folder.path;
    this.process = await startProgram("gateway", { env, cwd, ...(auditTo && { auditTo }) });
    await this.process.waitForLine("listening");
  }

  isReady(): Promise<boolean> {
    return answersOk(`${this.url}/readyz`);
  }

  async call(): Promise<string> {
    const body = JSON.stringify({ name: "scan", arguments: {} });
    const response = await fetch(`${this.url}/tools/call`, { method: "POST", body });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
    return answer.structuredContent.job_id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process?.[Symbol.asyncDispose]();
  }
}

/** Asks one replica after the other, until one has answered. */
function askAny<T>(replicas: readonly Replica[], ask: (replica: Replica) => Promise<T>) {
  let turn = Math.floor(Math.random() * replicas.length);
  return poll("an answer of any gateway", async () => {
    const replica = replicas[turn++ % replicas.length];
    assert(replica);
    try {
      return { answer: await ask(replica) };
    } catch {
      return undefined; // it is away, or its answer was lost
    }
  }, { timeoutMs: 30_000 });
}

/** Reports of an actor, which are repeated until a gateway has taken them. */
async function report(replicas: readonly Replica[], id: string, name: string, body: object) {
  await askAny(replicas, async ({ url }) => {
    const response = await fetch(`${url}/jobs/${id}/${name}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    assert.equal(response.status, 200);
  });
}

/** The numbers of a job's updates, as a stream's reader sees them who comes back to any gateway. */
async function watch(replicas: readonly Replica[], id: string): Promise<number[]> {
  const seen: number[] = [];
  let isOver = false;
  while (!isOver) {
    await askAny(replicas, async ({ url }) => {
      const headers = { "last-event-id": String(seen.at(-1) ?? 0) };
      const response = await fetch(`${url}/jobs/${id}/stream`, { headers });
      assert.equal(response.status, 200);
      let text = "";
      assert(response.body);
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          const number = /^id: (\d+)$/m.exec(block)?.[1];
          if (number) seen.push(Number(number));
          isOver ||= /"status":"(Succeeded|Failed)"/.test(block);
        }
      }
    });
  }
  return seen;
}

Deno.test({
  name:
    "[G2] [G3] [G5] [G11] [D16] gateways on PostgreSQL are killed under load, and nothing is lost",
  ignore: postgres.isMissing,
  fn: async () => {
    await using folder = await makeTempFolder();
    await folder.write("tools.yaml", TOOLS);
    await using database = await postgres.createDatabase();
    const random = seededRandom(7);
    await using a = new Replica(folder, database.url);
    await using b = new Replica(folder, database.url);
    const replicas = [a, b];
    await Promise.all(replicas.map((replica) => replica.start()));
    const queues = await openSqlite({ path: folder.at("queues.db") });
    await queues.declare(["ocr"]);

    const deliveries = new Map<string, number>();
    const working = new Set<Promise<void>>();
    const consumer = await queues.consume("ocr", {
      prefetch: 50,
      onDelivery(delivery) {
        const id: string = JSON.parse(new TextDecoder().decode(delivery.body)).job_id;
        deliveries.set(id, (deliveries.get(id) ?? 0) + 1);
        const work = (async () => {
          const step = { step: "ocr", step_index: 0, total_steps: 1 };
          await report(replicas, id, "progress", { ...step, status: "received" });
          await report(replicas, id, "progress", { ...step, status: "completed" });
          await report(replicas, id, "final", { status: "succeeded", result: id });
          await delivery.ack();
        })().finally(() => working.delete(work));
        working.add(work);
      },
    });

    const accepted: string[] = [];
    const watching: Promise<[string, number[]]>[] = [];
    let kills = 0;
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        const before = accepted.length;
        const some = 5 + random() * JOBS / 8;
        await poll("some jobs, or the end", () => isOver || accepted.length > before + some, {
          timeoutMs: 60_000,
        });
        const victim = random() < 0.5 ? a : b;
        await victim.process?.kill();
        kills++;
        await victim.start();
      }
    })();
    const calling = Array.from({ length: CALLERS }, async () => {
      while (accepted.length < JOBS || kills < MIN_KILLS) {
        const { answer: id } = await askAny(replicas, (replica) => replica.call());
        accepted.push(id);
        if (accepted.length % 4 === 0) {
          watching.push(watch(replicas, id).then((seen) => [id, seen]));
        }
      }
    });
    await inTime("the calls", Promise.all(calling), 120_000);
    isOver = true;
    await killing;

    await poll("every accepted job to end", async () => {
      const [row] = await askOnce(
        database.url,
        (sql) => sql`SELECT count(*)::int AS n FROM asya.jobs WHERE ended_ms IS NULL`,
      );
      return row?.n === 0;
    }, { timeoutMs: 60_000, everyMs: 200 });
    for (const id of accepted) {
      const { answer: job } = await askAny(
        replicas,
        async ({ url }) => await (await fetch(`${url}/jobs/${id}`)).json(),
      );
      assert.deepEqual([job.status, job.result], ["Succeeded", id]);
      assert((deliveries.get(id) ?? 0) >= 1);
    }
    for (const [id, seen] of await inTime("the streams", Promise.all(watching), 60_000)) {
      assert.deepEqual(seen, seen.map((_, index) => index + 1), id);
    }
    // A message goes out twice only when its gateway died between its queue's word and the store's:
    // each of the callers may have had one there.
    const twice = [...deliveries.values()].filter((count) => count > 1).length;
    assert(twice <= kills * CALLERS, `${twice} of ${deliveries.size} were sent twice`);
    const [left] = await askOnce(
      database.url,
      (sql) => sql`SELECT count(*)::int AS n FROM asya.outbox`,
    );
    assert.equal(left?.n, 0);

    await consumer.close();
    await Promise.all(working);
    await queues.close();
    for (const { process } of replicas) assert.equal((await process?.stop())?.code, 0);
  },
});

Deno.test({
  name: "[C2] [M4] a gateway waits for its database, is not ready without it, and uses what it may",
  ignore: postgres.hasNoServer,
  fn: async () => {
    await using folder = await makeTempFolder();
    await folder.write("tools.yaml", TOOLS);
    await using server = await postgres.createServer();
    await using replica = new Replica(folder, `${server.url}/postgres`);
    await replica.start(folder.at("audit.jsonl"));
    assert.equal(await replica.isReady(), false);
    await assert.rejects(replica.call(), /^Error: 503/);
    await server.start();
    await poll("the gateway to be ready", () => replica.isReady());
    await replica.process?.waitForLine("the database was migrated");
    const id = await replica.call();
    await server.kill();
    await poll("the gateway to notice", async () => !await replica.isReady());
    await assert.rejects(replica.call(), /^Error: 503/);
    await server.start();
    await poll("the gateway to be ready again", () => replica.isReady());
    const job = await (await fetch(`${replica.url}/jobs/${id}`)).json();
    assert.equal(job.id, id);
    assert.equal((await replica.process?.stop())?.code, 0);
    const output = replica.process?.output ?? "";
    assert.match(output, /"message":"the database is away","reason":".*ECONNREFUSED/);
    assert.doesNotMatch(output, new RegExp(new URL(server.url).password));
    const uses = parseUses((await Deno.readTextFile(folder.at("audit.jsonl"))).split("\n"));
    const grants = parseGrants([...await flagsOf("gateway", replica.env), "main.ts"]);
    const beyond = ungranted(uses, grants).filter(({ kind }) => kind !== "env");
    assert.deepEqual(beyond, []);
  },
});
