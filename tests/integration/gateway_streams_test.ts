/**
 * Readers of streams of two gateways that share a PostgreSQL database: whatever happens to a
 * gateway, to its process, or to its way to the database, everybody sees every update once, in
 * order, and then the close.
 *
 * @module
 */
import { openSqlite } from "@asya/transport";
import assert from "node:assert/strict";
import {
  answersOk,
  askOnce,
  findPostgres,
  freePort,
  inTime,
  makeTempFolder,
  pause,
  poll,
  type RunningProcess,
  seededRandom,
  startProgram,
  TcpProxy,
  type TempFolder,
} from "../kit/mod.ts";

const TOOLS = "tools: [{ name: scan, route: [ocr], timeout: 600 }]";

/** Jobs that are watched while gateways meet faults. */
const JOBS = Number(Deno.env.get("ASYA_TEST_JOBS") ?? 12);

/** Chunks of a result that each job streams. */
const PARTIALS = 60;

/** Readers of each job. */
const READERS = 4;

const postgres = await findPostgres();

/** A gateway's place: its process may come and go, its address stays. */
class Replica implements AsyncDisposable {
  readonly port = freePort();
  readonly url = `http://127.0.0.1:${this.port}`;
  readonly wire: TcpProxy;
  readonly #folder: TempFolder;
  readonly #databaseUrl: string;
  process: RunningProcess | undefined;

  /** @param databaseUrl is reached through a wire that can be cut */
  constructor(folder: TempFolder, databaseUrl: string) {
    this.#folder = folder;
    const url = new URL(databaseUrl);
    this.wire = new TcpProxy(Number(url.port));
    url.port = String(this.wire.port);
    this.#databaseUrl = url.href;
  }

  async start(): Promise<void> {
    const env = {
      ASYA_GATEWAY_PORT: String(this.port),
      ASYA_DATABASE_URL: this.#databaseUrl,
      ASYA_SQLITE_PATH: this.#folder.at("queues.db"),
      ASYA_CONFIG_PATH: this.#folder.at("tools.yaml"),
    };
    this.process = await startProgram("gateway", { env, cwd: this.#folder.path });
    await this.process.waitForLine("listening");
    await poll("a gateway to be ready", () => this.isReady(), { timeoutMs: 30_000 });
  }

  isReady(): Promise<boolean> {
    return answersOk(`${this.url}/readyz`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process?.[Symbol.asyncDispose]();
    await this.wire[Symbol.asyncDispose]();
  }
}

/** Two gateways, and a queue that nobody empties. */
class Pair implements AsyncDisposable {
  readonly a: Replica;
  readonly b: Replica;
  readonly databaseUrl: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(a: Replica, b: Replica, databaseUrl: string, stack: AsyncDisposableStack) {
    this.a = a;
    this.b = b;
    this.databaseUrl = databaseUrl;
    this.#stack = stack;
  }

  static async start(): Promise<Pair> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await makeTempFolder());
    await folder.write("tools.yaml", TOOLS);
    const database = stack.use(await postgres.createDatabase());
    const queues = await openSqlite({ path: folder.at("queues.db") });
    await queues.declare(["ocr"]);
    await queues.close();
    const a = stack.use(new Replica(folder, database.url));
    const b = stack.use(new Replica(folder, database.url));
    await Promise.all([a.start(), b.start()]);
    return new Pair(a, b, database.url, stack.move());
  }

  async call(): Promise<string> {
    const body = JSON.stringify({ name: "scan", arguments: {} });
    const answer = await post([this.a, this.b], "/tools/call", body);
    return answer.structuredContent.job_id;
  }

  /** Reports a chunk of a result, to whoever takes it. */
  async partial(to: readonly Replica[], id: string, seq: number): Promise<void> {
    const step = { step: "ocr", step_index: 0, total_steps: 1, actor_name: "ocr" };
    const report = { ...step, status: "processing", partial: `chunk ${seq}`, seq };
    await post(to, `/jobs/${id}/progress`, JSON.stringify(report));
  }

  async finish(to: readonly Replica[], id: string): Promise<void> {
    await post(to, `/jobs/${id}/final`, JSON.stringify({ status: "succeeded", result: id }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Asks one gateway after the other until one has answered. */
async function post(to: readonly Replica[], path: string, body: string) {
  let turn = 0;
  return await poll(`an answer to ${path}`, async () => {
    const replica = to[turn++ % to.length];
    try {
      const response = await fetch(`${replica?.url}${path}`, {
        method: "POST",
        body,
        // A gateway that is stopped says nothing; another one may be asked.
        signal: AbortSignal.timeout(2_000),
      });
      const answer = await response.json();
      return response.ok && answer;
    } catch {
      return undefined; // it is away, or its answer was lost
    }
  }, { timeoutMs: 60_000 });
}

/** Somebody who watches a job, and comes back where a connection breaks. */
class Watcher {
  readonly #id: string;
  readonly #choose: () => Replica;
  /** What it was shown, as `number kind data`. */
  readonly seen: string[] = [];
  connections = 0;
  readonly over: Promise<void>;

  /** @param choose says which gateway to come to */
  constructor(id: string, choose: () => Replica) {
    this.#id = id;
    this.#choose = choose;
    this.over = this.#watch();
  }

  async #watch(): Promise<void> {
    while (!this.#isComplete()) {
      try {
        await this.#read(this.#choose());
      } catch {
        await pause(50); // before it comes back; its gateway was away, or went away
      }
    }
  }

  async #read({ url }: Replica): Promise<void> {
    const lastId = /^\d+/.exec(this.seen.at(-1) ?? "")?.[0];
    const headers: Record<string, string> = lastId ? { "last-event-id": lastId } : {};
    const response = await fetch(`${url}/jobs/${this.#id}/stream`, { headers });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      throw new Error(String(response.status));
    }
    this.connections++;
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      assert(!this.#isComplete(), "nothing comes behind the end");
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, id, kind, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        if (id) this.seen.push(`${id} ${kind} ${data}`);
      }
    }
  }

  #isComplete(): boolean {
    return /"status":"(Succeeded|Failed)"/.test(this.seen.at(-1) ?? "");
  }
}

/** Everything that the stream of a job shows now. */
async function allOf(replica: Replica, id: string): Promise<string[]> {
  const watcher = new Watcher(id, () => replica);
  await inTime("a finished job's stream", watcher.over);
  return watcher.seen;
}

function assertComplete(seen: readonly string[], all: readonly string[]): void {
  assert.deepEqual(seen, all);
  assert.deepEqual(all.map((line) => Number(line.split(" ")[0])), all.map((_, index) => index + 1));
}

Deno.test({
  name: "[G5] [G11] streams: a gateway cut off from its database keeps its readers, and catches up",
  ignore: postgres.isMissing,
  fn: async () => {
    await using pair = await Pair.start();
    const { a, b } = pair;
    const id = await pair.call();
    const watcher = new Watcher(id, () => b);
    await pair.partial([a], id, 0);
    await poll("the first update", () => watcher.seen.length === 1);
    for (let cuts = 0; cuts < 2; cuts++) {
      b.wire.takeDown();
      await poll("the gateway to notice", async () => !await b.isReady());
      const before = watcher.seen.length;
      for (let seq = 0; seq < 3; seq++) await pair.partial([a], id, 1 + cuts * 3 + seq);
      assert.equal(watcher.seen.length, before);
      b.wire.restore();
      await poll("what was missed", () => watcher.seen.length === before + 3);
    }
    // A connection that the server ends takes its notices with it, too.
    await askOnce(
      pair.databaseUrl,
      (sql) =>
        sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await pair.partial([a, b], id, 7);
    await pair.finish([a, b], id);
    await inTime("the end", watcher.over, 30_000);
    assertComplete(watcher.seen, await allOf(a, id));
    assert.equal(watcher.connections, 1);
  },
});

Deno.test({
  name: "[G5] [G11] streams: a gateway that was stopped for a while shows what it slept through",
  ignore: postgres.isMissing,
  fn: async () => {
    await using pair = await Pair.start();
    const { a, b } = pair;
    const id = await pair.call();
    const watchers = [a, b].map((replica) => new Watcher(id, () => replica));
    await pair.partial([a], id, 0);
    await poll("both to see it", () => watchers.every(({ seen }) => seen.length === 1));
    b.process?.signal("SIGSTOP");
    for (let seq = 1; seq < 40; seq++) await pair.partial([a], id, seq);
    await pair.finish([a], id);
    await inTime("the end at the one that runs", watchers[0]?.over ?? Promise.reject());
    assert.equal(watchers[1]?.seen.length, 1);
    b.process?.signal("SIGCONT");
    await inTime("the end at the other", watchers[1]?.over ?? Promise.reject());
    const all = await allOf(b, id);
    for (const { seen, connections } of watchers) {
      assertComplete(seen, all);
      assert.equal(connections, 1);
    }
  },
});

Deno.test({
  name: "[G5] [G11] streams: gateways are killed, stopped and cut off, and every reader sees all",
  ignore: postgres.isMissing,
  fn: async () => {
    const random = seededRandom(11);
    const pick = <T>(all: readonly T[]): T => {
      const one = all[Math.floor(random() * all.length)];
      assert(one !== undefined);
      return one;
    };
    await using pair = await Pair.start();
    const replicas = [pair.a, pair.b];
    const ids = await Promise.all(Array.from({ length: JOBS }, () => pair.call()));
    const watchers = new Map(
      ids.map((
        id,
      ) => [id, Array.from({ length: READERS }, () => new Watcher(id, () => pick(replicas)))]),
    );
    let reported = 0;
    const working = Promise.all(ids.map(async (id) => {
      for (let seq = 0; seq < PARTIALS; seq++) {
        await pair.partial(random() < 0.5 ? replicas : [...replicas].reverse(), id, seq);
        reported++;
        await pause(20); // an actor works between two chunks
      }
      await pair.finish(replicas, id);
    }));

    const faults = {
      async kill(replica: Replica) {
        await replica.process?.kill();
        await replica.start();
      },
      async stop(replica: Replica) {
        replica.process?.signal("SIGSTOP");
        await pause(300 + random() * 700); // how long it stands still
        replica.process?.signal("SIGCONT");
      },
      async cut(replica: Replica) {
        replica.wire.takeDown();
        await pause(100 + random() * 500); // how long the wire is cut
        replica.wire.restore();
        await poll("the gateway to be ready again", () => replica.isReady(), { timeoutMs: 30_000 });
      },
    };
    const met: string[] = [];
    const enough = Math.ceil(JOBS * PARTIALS / 8);
    while (reported < JOBS * PARTIALS) {
      const before = reported;
      await poll(
        "more reports, or the last",
        () => reported >= Math.min(before + enough, JOBS * PARTIALS),
        { timeoutMs: 60_000 },
      );
      if (reported >= JOBS * PARTIALS) break;
      const names = ["kill", "stop", "cut"] as const;
      const name = names[met.length % names.length] ?? "kill";
      await faults[name](pick(replicas));
      met.push(name);
    }
    await working;
    assert(met.length >= 3, met.join(" "));
    for (const [id, all] of watchers) {
      await inTime(`the readers of ${id}`, Promise.all(all.map(({ over }) => over)), 60_000);
      const shown = await allOf(pick(replicas), id);
      assert(shown.length >= PARTIALS + 1);
      for (const { seen } of all) assertComplete(seen, shown);
    }
    const connections = [...watchers.values()].flat().map((watcher) => watcher.connections);
    assert(connections.some((count) => count > 1), "nobody had to come back");
  },
});
