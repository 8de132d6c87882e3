/**
 * Two gateways as processes, with their jobs in one PostgreSQL database, and callers who repeat
 * their calls under keys: whichever gateway dies, and whenever, a key is one job.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  askOnce,
  findPostgres,
  freePort,
  inTime,
  makeTempFolder,
  poll,
  type RunningProcess,
  seededRandom,
  startProgram,
  type TempFolder,
} from "../kit/mod.ts";

const TOOLS = `
tools:
  - { name: scan, route: [ocr], timeout: 600, parameters: { page: { type: string } } }
  - name: patient
    route: [ocr]
    timeout: 600
    wait: always
    parameters: { n: { type: integer } }
`;

/** Calls that meet a killed gateway. */
const CALLS = Number(Deno.env.get("ASYA_TEST_JOBS") ?? 200);

/** Callers at a time. */
const CALLERS = 8;

const postgres = await findPostgres();

/** A gateway's place: its process may be killed and started again, its address stays. */
class Replica implements AsyncDisposable {
  readonly port = freePort();
  readonly #folder: TempFolder;
  readonly #databaseUrl: string;
  #process: RunningProcess | undefined;

  constructor(folder: TempFolder, databaseUrl: string) {
    this.#folder = folder;
    this.#databaseUrl = databaseUrl;
  }

  async start(): Promise<void> {
    this.#process = await startProgram("gateway", {
      cwd: this.#folder.path,
      env: {
        ASYA_GATEWAY_PORT: String(this.port),
        ASYA_DATABASE_URL: this.#databaseUrl,
        ASYA_SQLITE_PATH: this.#folder.at("queues.db"),
        ASYA_CONFIG_PATH: this.#folder.at("tools.yaml"),
      },
    });
    await this.#process.waitForLine("listening");
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async post(path: string, body: object, headers: Record<string, string> = {}) {
    const url = `http://127.0.0.1:${this.port}${path}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
    return { status: response.status, answer: await response.json() };
  }

  call(key: string, name: string, args: object = {}) {
    return this.post("/tools/call", { name, arguments: args }, { "idempotency-key": key });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
  }
}

/** Registers a test of two gateways that share a database. */
function testPair(name: string, fn: (a: Replica, b: Replica, url: string) => Promise<void>): void {
  Deno.test({
    name: `[G11] [G12] ${name}`,
    ignore: postgres.isMissing,
    fn: async () => {
      await using folder = await makeTempFolder();
      await folder.write("tools.yaml", TOOLS);
      await using database = await postgres.createDatabase();
      await using a = new Replica(folder, database.url);
      await using b = new Replica(folder, database.url);
      await Promise.all([a.start(), b.start()]);
      await fn(a, b, database.url);
    },
  });
}

async function idsOf(url: string): Promise<string[]> {
  const rows = await askOnce(url, (sql) => sql`SELECT id FROM asya.jobs ORDER BY serial`);
  return rows.map(({ id }) => id);
}

testPair("a gateway dies between the store and its answer, and the other one has the job", async (
  a,
  b,
  url,
) => {
  const lost = a.call("k", "patient", { n: 1 }).catch((error) => error);
  const [id] = await poll("the job to be stored", async () => {
    const ids = await idsOf(url);
    return ids.length > 0 && ids;
  });
  await a.kill();
  assert((await lost) instanceof Error);

  const waiting = b.call("k", "patient", { n: 1 });
  assert.equal((await b.call("k", "patient", { n: 2 })).status, 422);
  await b.post(`/jobs/${id}/final`, { status: "succeeded", result: { done: true } });
  const { status, answer } = await inTime("the answer", waiting, 10_000);
  assert.deepEqual([status, answer.structuredContent], [200, { done: true }]);

  await a.start();
  const again = await a.call("k", "patient", { n: 1 });
  assert.deepEqual(again.answer.structuredContent, { done: true });
  assert.deepEqual(await idsOf(url), [id]);
});

testPair("calls are repeated until they are answered, while gateways die: one job each", async (
  a,
  b,
  url,
) => {
  const random = seededRandom(11);
  const answered = new Map<string, string>();
  let isOver = false;
  let kills = 0;
  let turn = 0;
  const callUntilAnswered = (key: string) =>
    poll(`the answer to ${key}`, async () => {
      const replica = turn++ % 2 === 0 ? a : b;
      try {
        const { status, answer } = await replica.call(key, "scan", { page: key });
        return status === 200 ? String(answer.structuredContent.job_id) : undefined;
      } catch {
        return undefined; // its gateway is away, or died before it answered
      }
    }, { timeoutMs: 30_000 });
  const killing = (async () => {
    while (!isOver) {
      const goal = answered.size + 5 + random() * CALLS / 8;
      await poll("some answers, or the end", () => isOver || answered.size > goal, {
        timeoutMs: 60_000,
      });
      const victim = random() < 0.5 ? a : b;
      await victim.kill();
      kills++;
      await victim.start();
    }
  })();
  let next = 0;
  const calling = Array.from({ length: CALLERS }, async () => {
    while (next < CALLS || kills < 3) {
      const key = `key-${next++}`;
      // Two at once, as of a caller whose patience is shorter than the call.
      const [one, other] = await Promise.all([callUntilAnswered(key), callUntilAnswered(key)]);
      assert.equal(one, other, key);
      answered.set(key, one);
    }
  });
  await inTime("the calls", Promise.all(calling), 120_000);
  isOver = true;
  await killing;

  const ids = await idsOf(url);
  assert.deepEqual(new Set(answered.values()), new Set(ids));
  assert.equal(ids.length, answered.size);
  for (const [key, id] of answered) assert.equal(await callUntilAnswered(key), id);
});
