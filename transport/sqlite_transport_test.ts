import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { bellsFolder } from "./sqlite/bells.ts";
import { openFile } from "./sqlite/open_file.ts";
import { createSqliteTransport, openSqlite, type SqliteOptions } from "./sqlite.ts";
import { FakeClock } from "./testing/fake_clock.ts";
import { openInbox, patiently } from "./testing/inbox.ts";
import { startChild } from "./testing/child_process.ts";
import type { Transport, TransportEvent } from "./transport.ts";

const leaseMs = 9_000;

/** A folder with a file of queues, and clients of it that are closed at the end. */
async function withQueue(
  run: (context: {
    path: string;
    clock: FakeClock;
    open: (options?: Partial<SqliteOptions>) => Promise<Transport>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/queues.db`;
  const clock = new FakeClock();
  const clients: Transport[] = [];
  const open = async (options: Partial<SqliteOptions> = {}) => {
    const client = await openSqlite({ path, clock, leaseMs, ...options });
    clients.push(client);
    await client.declare(["a"]);
    return client;
  };
  await run({ path, clock, open });
  for (const client of clients) await client.close();
  await Deno.remove(folder, { recursive: true });
}

async function publish(transport: Transport, messageId: string, delayMs = 0): Promise<void> {
  const message = { queue: "a", messageId, body: new TextEncoder().encode(messageId), delayMs };
  assert.deepEqual(await transport.publish([message]), ["confirmed"]);
}

Deno.test("sqlite: another process' message is heard, without looking now and then", () =>
  withQueue(async ({ open }) => {
    const [publisher, consumer] = [await open(), await open()];
    const inbox = await openInbox(consumer, "a", 1);
    for (const id of ["m1", "m2", "m3"]) {
      await publish(publisher, id); // the clock stands still: nobody looks by himself
      const delivery = await inbox.next();
      assert.equal(delivery.messageId, id);
      await delivery.ack();
    }
  }));

Deno.test("sqlite: what nobody rang for is found by looking now and then", () =>
  withQueue(async ({ path, clock, open }) => {
    const inbox = await openInbox(await open({ pollMs: 1_000 }), "a", 1);
    const db = new DatabaseSync(path);
    db.exec("INSERT INTO body (id, bytes) VALUES (1, x'00')");
    db.exec("INSERT INTO message VALUES (1, 1, 0, NULL, 0, 0, 'silent', '{}')");
    db.close();
    assert.deepEqual(inbox.waiting, []);
    clock.pass(1_000);
    assert.equal((await inbox.next()).messageId, "silent");
  }));

Deno.test("sqlite: [D7] a short delay ends by itself, long before the next look", () =>
  withQueue(async ({ path }) => {
    const transport = await openSqlite({ path, pollMs: 3_600_000 });
    await transport.declare(["a"]);
    const inbox = await openInbox(transport, "a", 1);
    await publish(transport, "m1", 50);
    const { timestamp } = await inbox.next();
    const waitedMs = Date.now() - (timestamp?.getTime() ?? 0);
    assert.ok(waitedMs >= 50, `shown after ${waitedMs} ms`);
    await transport.close();
  }));

Deno.test("sqlite: what a closing client gives back is not marked redelivered", () =>
  withQueue(async ({ open }) => {
    const [leaving, staying] = [await open(), await open()];
    await publish(leaving, "m1");
    await (await openInbox(leaving, "a", 1)).next();
    const inbox = await openInbox(staying, "a", 1);
    await leaving.close();
    assert.equal((await inbox.next()).redelivered, false);
  }));

Deno.test("sqlite: a requeued message comes back before those behind it", () =>
  withQueue(async ({ open }) => {
    const transport = await open();
    for (const id of ["m1", "m2"]) await publish(transport, id);
    const inbox = await openInbox(transport, "a", 1);
    await (await inbox.next()).requeue();
    assert.equal((await inbox.next()).messageId, "m1");
  }));

Deno.test("sqlite: a lease is renewed for as long as something is in hand", () =>
  withQueue(async ({ clock, open }) => {
    const [holder, other] = [await open(), await open()];
    await publish(holder, "m1");
    const held = await (await openInbox(holder, "a", 1)).next();
    const inbox = await openInbox(other, "a", 1);
    for (let passed = 0; passed < 5 * leaseMs; passed += leaseMs / 3) {
      clock.pass(leaseMs / 3);
      await holder.declare(["a"]); // waits for the transaction that renews
    }
    assert.deepEqual(await other.inspect("a"), { ready: 0, unacked: 1, delayed: 0 });
    assert.deepEqual(inbox.waiting, []);
    await held.ack();
    assert.deepEqual(await other.inspect("a"), { ready: 0, unacked: 0, delayed: 0 });
  }));

Deno.test("sqlite: what a sleeping process held is taken over, and its ack does nothing", () =>
  withQueue(async ({ clock, open }) => {
    const events: TransportEvent[] = [];
    const asleep = await open({ clock: new FakeClock(), onEvent: (event) => events.push(event) });
    const awake = await open();
    await publish(asleep, "m1");
    const asleepInbox = await openInbox(asleep, "a", 1);
    const lost = await asleepInbox.next();
    const inbox = await openInbox(awake, "a", 1);
    clock.pass(2 * leaseMs);
    const taken = await inbox.next();
    assert.equal(taken.redelivered, true);
    await lost.ack();
    assert.deepEqual(events, [
      { kind: "connected" },
      { kind: "hold_lost", queue: "a", messageId: "m1" },
    ]);
    await inbox.consumer.close();
    await taken.requeue();

    // The sleeper takes messages as before, though its clock still says that its lease is good.
    const again = await asleepInbox.next();
    assert.equal(again.messageId, "m1");
    await again.ack();
    assert.deepEqual(await awake.inspect("a"), { ready: 0, unacked: 0, delayed: 0 });
  }));

Deno.test("sqlite: nothing is written while there is nothing to do", () =>
  withQueue(async ({ path, clock, open }) => {
    const transport = await open();
    await publish(transport, "m1");
    const inbox = await openInbox(transport, "a", 2);
    await (await inbox.next()).ack();
    await publish(transport, "delayed", 3_600_000);
    const db = new DatabaseSync(path);
    const version = () => db.prepare("PRAGMA data_version").get()?.data_version;
    const before = version();
    for (let passed = 0; passed < 60_000; passed += 500) {
      clock.pass(500);
      await new Promise((resolve) => setImmediate(resolve)); // lets a transaction happen
    }
    assert.equal(version(), before);
    await transport.declare(["b"]);
    assert.notEqual(version(), before, "a write would have been seen");
    db.close();
  }));

Deno.test("sqlite: [D2] what is confirmed is on the disk", () =>
  withQueue(async ({ path }) => {
    const db = await openFile(path);
    const transport = createSqliteTransport(db, { path });
    await transport.declare(["a"]);
    const level = () => db.prepare("PRAGMA synchronous").get()?.synchronous;
    const [normal, full] = [1, 2]; // as SQLite numbers them
    await publish(transport, "m1");
    assert.equal(level(), full);
    const delivery = await (await openInbox(transport, "a", 1)).next();
    assert.equal(level(), normal, "taking a message need not wait for the disk");
    await delivery.ack();
    assert.equal(level(), full);
    await transport.close();
  }));

Deno.test("sqlite: a full disk fails publishing, shows, and mends by itself", () =>
  withQueue(async ({ path }) => {
    const events: TransportEvent[] = [];
    const mended = Promise.withResolvers<void>();
    const db = await openFile(path);
    const transport = createSqliteTransport(db, {
      path,
      onEvent: (event) => {
        events.push(event);
        if (event.kind === "connected" && events.length > 1) mended.resolve();
      },
    });
    await transport.declare(["a"]);
    await publish(transport, "before");
    const limit = Number(db.prepare("PRAGMA page_count").get()?.page_count);
    db.exec(`PRAGMA max_page_count = ${limit}`);
    const large = { queue: "a", messageId: "large", body: new Uint8Array(1_000_000) };
    assert.deepEqual(await transport.publish([large, large]), ["failed", "failed"]);
    assert.equal(transport.connected, false);
    db.exec("PRAGMA max_page_count = 1000000");
    await patiently(mended.promise, "the file to work again");
    assert.equal(transport.connected, true);
    assert.deepEqual(await transport.publish([large]), ["confirmed"]);
    assert.equal((await transport.inspect("a"))?.ready, 2);
    await transport.close();
    const [connected, disconnected, ...rest] = events;
    assert.deepEqual(connected, { kind: "connected" });
    assert.ok(disconnected?.kind === "disconnected");
    assert.match(disconnected.reason, /queues\.db: database or disk is full \(.*free some space/);
    assert.ok(disconnected.retryInMs > 0);
    assert.deepEqual(rest, [{ kind: "connected" }]);
  }));

Deno.test("sqlite: a damaged file fails publishing and says what is to be done", () =>
  withQueue(async ({ path, open }) => {
    const before = await open();
    const messages = Array.from({ length: 200 }, (_, index) => ({
      queue: "a",
      messageId: `m${index}`,
      body: new Uint8Array(3_000),
    }));
    await before.publish(messages);
    await before.close();
    const file = await Deno.readFile(path);
    const pageBytes = 4_096; // the first page holds what is read when a file is opened
    await Deno.writeFile(path, file.fill(0xaa, pageBytes));
    const events: TransportEvent[] = [];
    const transport = await openSqlite({ path, onEvent: (event) => events.push(event) });
    assert.deepEqual(await transport.publish(messages.slice(0, 1)), ["failed"]);
    assert.equal(transport.connected, false);
    await assert.rejects(transport.inspect("a"), {
      code: "unreachable",
      message: /queues\.db: database disk image is malformed \(the file is damaged; restore it/,
    });
    await transport.close();
    assert.deepEqual(events.map(({ kind }) => kind), ["connected", "disconnected"]);
  }));

Deno.test("sqlite: without its bells a queue is polled, which is said once", () =>
  withQueue(async ({ path, clock, open }) => {
    const events: TransportEvent[] = [];
    const publisher = await open({ onEvent: (event) => events.push(event) });
    await Deno.remove(bellsFolder(path), { recursive: true });
    const consumer = await open({ onEvent: (event) => events.push(event) });
    await Deno.remove(bellsFolder(path), { recursive: true });
    const inbox = await openInbox(consumer, "a", 2);
    for (const id of ["m1", "m2"]) await publish(publisher, id);
    clock.pass(1_000);
    assert.equal((await inbox.take(2)).length, 2);
    const polling = events.filter(({ kind }) => kind === "polling");
    assert.equal(polling.length, 2, "once by each client");
  }));

Deno.test("sqlite: the write-ahead log stays small, and goes with the last client", () =>
  withQueue(async ({ path, open }) => {
    const [transport, other] = [await open(), await open()];
    const body = new Uint8Array(100_000);
    let largest = 0;
    for (let round = 0; round < 100; round += 1) {
      const messages = Array.from({ length: 10 }, (_, index) => ({
        queue: "a",
        messageId: `${round}.${index}`,
        body,
      }));
      await transport.publish(messages);
      const inbox = await openInbox(other, "a", 10);
      for (const delivery of await inbox.take(10)) await delivery.ack();
      await inbox.consumer.close();
      largest = Math.max(largest, (await Deno.stat(`${path}-wal`)).size);
    }
    assert.ok(largest < 20_000_000, `100 MB went through a log of ${largest} bytes`);
    await transport.close();
    await other.close();
    await assert.rejects(Deno.stat(`${path}-wal`), Deno.errors.NotFound);
  }));

Deno.test("sqlite: many processes can make the same file at once", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/queues.db`;
  const children = Array.from({ length: 6 }, () => startChild("declare_child.ts", path, "a"));
  assert.deepEqual(await Promise.all(children.map((child) => child.ended())), [0, 0, 0, 0, 0, 0]);
  const transport = await openSqlite({ path });
  assert.deepEqual(await transport.inspect("a"), { ready: 6, unacked: 0, delayed: 0 });
  await transport.close();
  await Deno.remove(folder, { recursive: true });
});
