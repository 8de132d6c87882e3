import { applyFinal, applyProgress } from "@asya/protocol";
import { systemClock } from "@asya/transport";
import assert from "node:assert/strict";
import { findPostgres, inTime, poll, TcpProxy } from "../../tests/kit/mod.ts";
import { makeCertificates } from "../../tests/kit/certificates.ts";
import { makeTempFolder } from "../../tests/kit/temp_folder.ts";
import { Followers } from "../jobs/follow.ts";
import { openPostgres } from "../testing/open_postgres.ts";
import { entryOf, jobOf } from "../testing/store_suite.ts";
import type { Store } from "./store.ts";
import { isStoreError } from "./store_error.ts";

const postgres = await findPostgres();
const now = new Date("2026-01-01T00:00:01Z");
const STEPS = Array.from({ length: 40 }, (_, index) => `s${index}`);

/** The URL of a server or a database, with some of it replaced. */
function variant(
  url: string,
  parts: { port?: number; password?: string; database?: string },
): string {
  const changed = new URL(url);
  if (parts.port) changed.port = String(parts.port);
  if (parts.password) changed.password = parts.password;
  if (parts.database) changed.pathname = `/${parts.database}`;
  return changed.href;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Reports every step of a job, each twice, until the store has taken it. */
async function walk(store: Store, id: string): Promise<void> {
  for (const [stepIndex, step] of STEPS.entries()) {
    for (const status of ["received", "completed"] as const) {
      const report = { step, stepIndex, totalSteps: STEPS.length, actorName: step, message: "" };
      await persist(() =>
        store.change(id, undefined, (state) => applyProgress(state, { ...report, status }, now))
      );
    }
  }
  await persist(() =>
    store.change(id, undefined, (state) => applyFinal(state, { status: "succeeded" }, now))
  );
}

/** Does something again for as long as the store is away. */
function persist<T>(work: () => Promise<T>): Promise<T> {
  return poll("the store to do it", async () => {
    try {
      return { value: await work() };
    } catch (error) {
      if (!isStoreError(error)) throw error;
      return undefined;
    }
  }, { timeoutMs: 30_000 }).then(({ value }) => value);
}

/** Reads all updates of a job, as a stream's reader does. */
async function follow(followers: Followers, id: string): Promise<number[]> {
  const seen: number[] = [];
  const follower = followers.follow(id);
  for (;;) {
    const updates = await follower.next();
    if (updates === "over") return seen;
    seen.push(...updates.map(({ seq }) => seq));
  }
}

Deno.test({
  name: "[G5] postgres: news that were missed while the connection was away are caught up with",
  ignore: postgres.isMissing,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using proxy = new TcpProxy(portOf(database.url));
    await using writer = await openPostgres(database.url);
    await using reader = await openPostgres(variant(database.url, { port: proxy.port }));
    const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    for (const id of ids) {
      await writer.store.create(entryOf(id, { job: jobOf(id, { steps: STEPS }) }));
    }
    const followers = new Followers({
      source: reader.store,
      readResult: () => Promise.resolve(undefined),
      onError: (error) => assert(isStoreError(error)),
      clock: systemClock,
    });
    const reading = ids.map((id) => follow(followers, id));
    const walking = Promise.all(ids.map((id) => walk(writer.store, id)));
    const cutting = (async () => {
      for (let cuts = 1; cuts <= 4; cuts++) {
        proxy.takeDown();
        await poll("the reader to notice", () => reader.count("disconnected") >= cuts);
        proxy.restore();
        await poll("the reader to be back", () => reader.count("connected") > cuts);
      }
    })();
    await inTime("the walks and the cuts", Promise.all([walking, cutting]), 60_000);
    for (const [index, id] of ids.entries()) {
      const seen = await inTime(`all of ${id}`, reading[index] ?? Promise.resolve([]), 30_000);
      const { updateCount } = (await writer.store.read(id))?.job ?? {};
      assert.deepEqual(seen, Array.from({ length: updateCount ?? 0 }, (_, at) => at + 1));
    }
    followers.close();
  },
});

Deno.test({
  name: "postgres: connections that are cut amidst the work are felt by nobody",
  ignore: postgres.isMissing,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using proxy = new TcpProxy(portOf(database.url));
    await using under = await openPostgres(variant(database.url, { port: proxy.port }));
    const { store } = under;
    let cuts = 0;
    let isOver = false;
    const cutting = (async () => {
      while (!isOver) {
        const before = proxy.accepted;
        proxy.cut();
        cuts++;
        await poll("new connections, or the end", () => isOver || proxy.accepted >= before + 2);
      }
    })();
    const ids = Array.from({ length: 300 }, (_, index) => `job-${index}`);
    for (let from = 0; from < ids.length; from += 10) {
      await Promise.all(
        ids.slice(from, from + 10).map(async (id) => {
          assert.equal(
            await persist(() => store.create(entryOf(id)).catch(forgiveDouble)),
            "stored",
          );
          await persist(() =>
            store.change(id, undefined, (state) => applyFinal(state, { status: "succeeded" }, now))
          );
        }),
      );
    }
    isOver = true;
    await cutting;
    assert(cuts > 3, `${cuts} cuts`);
    for (const id of ids) assert.equal((await store.read(id))?.job.status, "Succeeded");
  },
});

/** Two breaks in a row may leave a job stored and its caller without an answer. */
function forgiveDouble(error: unknown): "stored" {
  if (isStoreError(error) && /duplicate key/.test(String(error))) return "stored";
  throw error;
}

Deno.test({
  name: "postgres: connections that say nothing any more are given up, and others take their place",
  ignore: postgres.isMissing,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await using proxy = new TcpProxy(portOf(database.url));
    const url = `${variant(database.url, { port: proxy.port })}?connect_timeout=1`;
    await using under = await openPostgres(url, { patienceMs: 300 });
    const { store } = under;
    await store.create(entryOf("a"));
    proxy.freeze();
    const outcome = store.create(entryOf("b")).catch((error) => error);
    await poll("the store to notice", () => !store.healthy);
    assert(isStoreError(await inTime("an end of the call", outcome)));
    await poll("a new connection to stay silent", () => {
      return under.events.some((event) =>
        event.kind === "disconnected" &&
        event.reason.endsWith(`/${database.name}: no answer within 1 s`)
      );
    });
    proxy.thaw();
    await poll("the store to be back", () => store.healthy);
    await persist(() => store.create(entryOf("c")));
    assert.equal((await store.read("a"))?.job.id, "a");
  },
});

Deno.test({
  name: "[G2] [G3] postgres: a server killed and stopped under load loses nothing it has confirmed",
  ignore: postgres.hasNoServer,
  fn: async () => {
    await using server = await postgres.createServer();
    await server.start();
    const url = `${server.url}/postgres`;
    await using a = await openPostgres(url);
    await using b = await openPostgres(url);
    const accepted: string[] = [];
    let isOver = false;
    let refused = 0;
    const creating = [a, b].flatMap(({ store }, replica) =>
      Array.from({ length: 8 }, async (_, worker) => {
        for (let index = 0; !isOver; index++) {
          const id = `${replica}-${worker}-${index}`;
          try {
            await store.create(entryOf(id));
            accepted.push(id);
          } catch (error) {
            assert(isStoreError(error));
            refused++;
            await poll("the store to be back", () => isOver || store.healthy, {
              timeoutMs: 60_000,
            });
          }
        }
      })
    );
    const ends = [() => server.kill(), () => server.stop(), () => server.kill()];
    for (const [index, end] of ends.entries()) {
      const before = accepted.length;
      await poll("some jobs", () => accepted.length > before + 200);
      await end();
      const both = [a, b];
      await poll("both to notice", () => both.every(({ count }) => count("disconnected") > index));
      assert(both.every(({ store }) => !store.healthy));
      await server.start();
      await poll(
        "both to be back",
        () => both.every(({ count, store }) => count("connected") > index + 1 && store.healthy),
      );
    }
    isOver = true;
    await Promise.all(creating);
    assert(refused > 0);
    for (let from = 0; from < accepted.length; from += 500) {
      const found = await Promise.all(
        accepted.slice(from, from + 500).map((id) => a.store.read(id)),
      );
      assert(found.every((stored) => stored?.job.status === "Pending"));
    }
    const due = now.getTime() + 60_000;
    const taken = new Set<string>();
    for (let size = -1; size !== 0;) {
      const some = await b.store.takeDue(due, due + 1, 500);
      for (const { job } of some) taken.add(job.id);
      size = some.length;
    }
    assert.deepEqual(accepted.filter((id) => !taken.has(id)), []);
  },
});

Deno.test({
  name: "postgres: a server that is away at the start is waited for",
  ignore: postgres.hasNoServer,
  fn: async () => {
    await using server = await postgres.createServer();
    await using under = await openPostgres(`${server.url}/postgres`);
    assert.equal(under.store.healthy, false);
    await assert.rejects(under.store.create(entryOf("a")), isStoreError);
    await assert.rejects(under.store.read("a"), isStoreError);
    assert.match(JSON.stringify(under.events), /ECONNREFUSED/);
    await server.start();
    await poll("the store to be ready", () => under.store.healthy);
    assert.equal(await under.store.create(entryOf("a")), "stored");
  },
});

Deno.test({
  name: "[C2] postgres: what a server refuses is said, without the password",
  ignore: postgres.hasNoServer,
  fn: async (t) => {
    await using folder = await makeTempFolder();
    const { ca, server: certificate, client } = await makeCertificates(folder.path);
    await using server = await postgres.createServer({ tls: certificate, tlsOnly: true });
    await server.start();
    const url = `${server.url}/postgres`;
    const cases: readonly (readonly [string, string, RegExp, string?])[] = [
      ["a wrong password", variant(url, { password: "hush" }), /password authentication failed/],
      [
        "a database that is not there",
        variant(url, { database: "hushed" }),
        /database "hushed" does not exist/,
      ],
      ["no TLS where it is asked for", `${url}?sslmode=disable`, /no encryption \(28000\)/],
      ["a stranger's certificate", `${url}?sslmode=verify-full`, /TLS with the server failed/],
      [
        "an authority that did not vouch",
        `${url}?sslmode=require`,
        /TLS with the server failed/,
        client.cert,
      ],
    ];
    for (const [what, wrong, words, caFile] of cases) {
      await t.step(what, async () => {
        await assert.rejects(openPostgres(wrong, { caFile }), (error: Error) => {
          assert.match(
            error.message,
            /^jobs cannot be kept in postgres:\/\/asya@127\.0\.0\.1:\d+\//,
          );
          assert.match(error.message, words);
          assert.doesNotMatch(Deno.inspect(error), /hush(?!ed)|only-for-tests/);
          return true;
        });
      });
    }
    for (const [query, caFile] of [["", undefined], ["?sslmode=verify-full", ca]] as const) {
      await using under = await openPostgres(url + query, { caFile });
      assert.equal(under.store.healthy, true);
    }
  },
});

Deno.test({
  name: "postgres: TLS that a server does not speak is said",
  ignore: postgres.isMissing,
  fn: async () => {
    await using database = await postgres.createDatabase();
    await assert.rejects(openPostgres(`${database.url}?sslmode=require`), /does not speak TLS/);
    await using under = await openPostgres(`${database.url}?sslmode=prefer`);
    assert.equal(under.store.healthy, true);
  },
});
