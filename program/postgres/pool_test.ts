import assert from "node:assert/strict";
import postgres from "postgres";
import type { Connection } from "./connection.ts";
import { poll } from "../../tests/kit/poll.ts";
import { Pool } from "./pool.ts";
import { ServerError } from "./postgres_error.ts";

/** A connection that asks nobody. */
class FakeConnection implements Connection {
  readonly sql = postgres({ max: 1 });
  readonly #lost = Promise.withResolvers<string>();
  readonly lost = this.#lost.promise;
  isLost = false;

  abandon(reason: string): void {
    this.isLost = true;
    this.#lost.resolve(reason);
  }

  close(): Promise<void> {
    this.abandon("closed");
    return Promise.resolve();
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function createPool(size = 2, patienceMs?: number, now = () => performance.now()) {
  const opened: FakeConnection[] = [];
  const refusals: Error[] = [];
  const open = () => {
    const refusal = refusals.shift();
    if (refusal) return Promise.reject(refusal);
    const connection = new FakeConnection();
    opened.push(connection);
    return Promise.resolve(connection);
  };
  return { opened, refusals, pool: new Pool({ open, size, patienceMs, now }) };
}

Deno.test("work waits for a free connection, and no more are opened than allowed", async () => {
  const { pool, opened } = createPool(2);
  let atOnce = 0;
  let most = 0;
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) =>
    pool.run(async () => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
      return index;
    })));
  assert.deepEqual(results, Array.from({ length: 20 }, (_, index) => index));
  assert.equal(most, 2);
  assert.equal(opened.length, 2);
  await pool.close();
});

Deno.test("work whose connection breaks is done again over another one, and knows it", async () => {
  const { pool, opened } = createPool();
  const tries: boolean[] = [];
  const result = await pool.run((_, isAgain) => {
    tries.push(isAgain);
    return isAgain ? Promise.resolve("done") : Promise.reject(coded("CONNECTION_CLOSED"));
  });
  assert.equal(result, "done");
  assert.deepEqual(tries, [false, true]);
  assert.deepEqual(opened.map(({ isLost }) => isLost), [true, false]);
  await pool.close();
});

Deno.test("a server that is away is not asked again at once", async () => {
  const { pool, refusals } = createPool();
  refusals.push(coded("ECONNREFUSED"));
  const work = () => Promise.resolve(1);
  await assert.rejects(pool.run(work), { code: "ECONNREFUSED" });
  assert.equal(pool.isResting, true);
  await assert.rejects(pool.run(work), { code: "ECONNREFUSED" });
  assert.equal(refusals.length, 0);
  // The rest after a first failure is 50 ms at most.
  for (let result = 0; result !== 1;) result = await pool.run(work).catch(() => 0);
  assert.equal(pool.isResting, false);
  await pool.close();
});

Deno.test("who looks twice while a server's rest ends asks it again", async () => {
  // The rest begins at 0 and is over at 50 at the latest: at the second look from then on.
  const looks = [0, 0, 0, 1_000];
  const { pool, refusals } = createPool(2, undefined, () => looks.shift() ?? 1_000);
  refusals.push(coded("ECONNREFUSED"));
  const first = pool.run(() => Promise.resolve(1)).catch(({ code }) => code);
  assert.equal(await first, "ECONNREFUSED");
  assert.equal(await pool.run(() => Promise.resolve(2)), 2);
  assert.deepEqual(looks, []);
  await pool.close();
});

Deno.test("work in the way of another transaction is repeated, but not for ever", async () => {
  const { pool, opened } = createPool();
  let tries = 0;
  assert.equal(
    await pool.run(() => ++tries < 4 ? Promise.reject(coded("40P01")) : Promise.resolve("done")),
    "done",
  );
  await assert.rejects(pool.run(() => Promise.reject(coded("40001"))), { code: "40001" });
  assert.equal(opened.length, 1);
  await pool.close();
});

Deno.test("other errors are the caller's, and leave the connection alone", async () => {
  const { pool, opened } = createPool();
  await assert.rejects(pool.run(() => Promise.reject(coded("23505"))), { code: "23505" });
  assert.equal(await pool.run(() => Promise.resolve(1)), 1);
  assert.equal(opened.length, 1);
  await pool.close();
});

Deno.test("a connection that says nothing is given up", async () => {
  const { pool, opened } = createPool(1, 20);
  const silent = ({ isLost }: FakeConnection) => isLost;
  const working = pool.run((_, isAgain) => {
    if (isAgain) return Promise.resolve("done");
    const [connection] = opened;
    assert(connection);
    // As the client does it: what was asked fails with its connection.
    return connection.lost.then((reason) => {
      throw new ServerError("SERVER_SILENT", reason);
    });
  });
  assert.equal(await working, "done");
  assert.deepEqual(opened.map(silent), [true, false]);
  await pool.close();
});

Deno.test("a closed pool does nothing more", async () => {
  const { pool } = createPool();
  await pool.close();
  await assert.rejects(pool.run(() => Promise.resolve(1)), /closed/);
});

Deno.test("a server that lets no more of us in is used with the connections that there are", async () => {
  const { pool, opened, refusals } = createPool(4);
  const release = Promise.withResolvers<void>();
  const first = pool.run(() => release.promise);
  await poll("a connection", () => opened.length === 1);
  refusals.push(coded("53300"), coded("53300"), coded("53300"));
  const others = [1, 2, 3].map((index) => pool.run(() => Promise.resolve(index)));
  await poll("three refusals at most", () => refusals.length < 3);
  assert.equal(pool.isResting, false);
  release.resolve();
  await first;
  assert.deepEqual(await Promise.all(others), [1, 2, 3]);
  await pool.close();
});

Deno.test("when the last connection breaks, all who wait for it are told", async () => {
  const { pool, opened, refusals } = createPool(1);
  const started = Promise.withResolvers<void>();
  const first = pool.run(async () => {
    started.resolve();
    await opened.at(-1)?.lost;
    throw coded("CONNECTION_CLOSED");
  });
  await started.promise;
  const others = [1, 2, 3].map((index) => pool.run(() => Promise.resolve(index)));
  refusals.push(...Array.from({ length: 20 }, () => coded("ECONNREFUSED")));
  opened[0]?.abandon("the server is gone");
  const outcomes = await Promise.allSettled([first, ...others]);
  assert.deepEqual(outcomes.map(({ status }) => status), Array(4).fill("rejected"));
  await pool.close();
});
