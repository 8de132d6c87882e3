import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createQueries, type Queries } from "./queries.ts";
import { schema } from "./schema.ts";

/** A fresh file in memory with the queues `1` and `2`. */
function createFile(): { db: DatabaseSync; queries: Queries } {
  const db = new DatabaseSync(":memory:");
  for (const statement of schema) db.exec(statement);
  const queries = createQueries(db);
  for (const name of ["one", "two"]) queries.declare(name);
  return { db, queries };
}

function add(queries: Queries, messageId: string, now: number, more: object = {}): void {
  const [queue, body] = [1, new TextEncoder().encode(messageId)];
  queries.insert(queue, { queue: "one", messageId, body, ...more }, now);
}

function idsDue(queries: Queries, now: number, limit = 10, maxBytes = Infinity): string[] {
  return queries.due(1, now, limit, maxBytes).map(({ messageId }) => messageId);
}

const none = { permissions: "none" as const };

Deno.test(
  "messages are due in the order of arrival, delayed ones by the end of their delay",
  none,
  () => {
    const { queries } = createFile();
    add(queries, "first", 1_000);
    add(queries, "delayed", 1_000, { delayMs: 20.5 });
    add(queries, "second", 1_000);
    add(queries, "third", 1_010);
    add(queries, "fourth", 1_022);
    assert.deepEqual(idsDue(queries, 1_015), ["first", "second", "third"]);
    assert.deepEqual(idsDue(queries, 1_020), ["first", "second", "third"], "rounded up");
    assert.deepEqual(idsDue(queries, 1_030), ["first", "second", "third", "delayed", "fourth"]);
    assert.deepEqual(idsDue(queries, 1_030, 2), ["first", "second"]);
    assert.equal(queries.nextDue(1), 1_000);
    assert.equal(queries.nextDue(2), undefined);
  },
);

Deno.test("a claim ends early after many bytes, but gives at least one message", none, () => {
  const { queries } = createFile();
  for (const id of ["a", "b", "c"]) add(queries, id, 1, { body: new Uint8Array(100) });
  assert.deepEqual(idsDue(queries, 1, 10, 1), ["a"]);
  assert.deepEqual(idsDue(queries, 1, 10, 150), ["a", "b"]);
  assert.deepEqual(idsDue(queries, 1, 10, 500), ["a", "b", "c"]);
});

Deno.test("only its owner settles a message", none, () => {
  const { db, queries } = createFile();
  add(queries, "a", 1);
  const [row] = queries.due(1, 1, 1, Infinity);
  assert.ok(row);
  const [mine, other] = [queries.addOwner(1, 100), queries.addOwner(1, 100)];
  queries.take(row.id, mine);
  assert.deepEqual(idsDue(queries, 1), []);
  assert.equal(queries.remove(row.id, other), false);
  assert.equal(queries.putBack(row.id, other), false);
  assert.equal(queries.putBack(row.id, mine), true);
  assert.equal(queries.remove(row.id, mine), false);
  assert.equal(queries.due(1, 1, 1, Infinity)[0]?.deliveries, 1);
  queries.take(row.id, mine);
  assert.equal(queries.remove(row.id, mine), true);
  assert.equal(db.prepare("SELECT count(*) AS count FROM body").get()?.count, 0);
});

Deno.test("what an expired owner held is freed, counted; what one gives back is not", none, () => {
  const { queries } = createFile();
  for (const id of ["a", "b"]) add(queries, id, 1);
  const [first, second] = queries.due(1, 1, 2, Infinity);
  assert.ok(first && second);
  const [dead, leaving] = [queries.addOwner(1, 100), queries.addOwner(1, 200)];
  queries.take(first.id, dead);
  queries.take(second.id, leaving);
  assert.equal(queries.nextLeaseEnd(1, leaving), 100);
  assert.equal(queries.nextLeaseEnd(1, dead), 200);
  assert.equal(queries.nextLeaseEnd(2, 0), undefined, "nobody holds anything of that queue");
  assert.deepEqual(queries.state(1, 99), { ready: 0, unacked: 2, delayed: 0 });
  assert.deepEqual(queries.state(1, 100), { ready: 1, unacked: 1, delayed: 0 });

  assert.deepEqual(queries.releaseExpired(1, 99, 0), []);
  assert.deepEqual(queries.releaseExpired(2, 100, 0), []);
  assert.deepEqual(queries.releaseExpired(1, 100, dead), [], "oneself is left out");
  assert.deepEqual(queries.releaseExpired(1, 100, leaving), [1]);
  assert.deepEqual(queries.giveBack(leaving), [1]);
  assert.deepEqual(
    queries.due(1, 100, 2, Infinity).map(({ messageId, deliveries }) => [messageId, deliveries]),
    [["a", 1], ["b", 0]],
  );
  queries.renew(dead, 500);
  assert.equal(queries.leaseEnd(dead), undefined, "an owner that was released is gone");
});

Deno.test(
  "a new owner's number was never used, and owners without messages are forgotten",
  none,
  () => {
    const { db, queries } = createFile();
    const first = queries.addOwner(1, 10);
    const second = queries.addOwner(20, 30);
    const third = queries.addOwner(40, 50);
    assert.equal(new Set([first, second, third]).size, 3);
    assert.deepEqual(db.prepare("SELECT id FROM owner").all().map(({ id }) => id), [third]);
  },
);

Deno.test("a claim walks an index, however many messages wait", none, () => {
  const { db } = createFile();
  const planOf = (sql: string) =>
    db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail)).join("; ");
  const waiting = "FROM message WHERE queue = 1 AND owner IS NULL";
  const claim = planOf(
    `SELECT message.id, bytes FROM message JOIN body ON body.id = message.id
     WHERE queue = ? AND owner IS NULL AND available_at <= ? ORDER BY available_at, message.id LIMIT ?`,
  );
  assert.match(claim, /SEARCH message USING (COVERING )?INDEX message_waiting/);
  assert.match(claim, /SEARCH body USING INTEGER PRIMARY KEY/);
  assert.doesNotMatch(claim, /TEMP B-TREE|SCAN/);
  const next = planOf(`SELECT available_at ${waiting} ORDER BY available_at LIMIT 1`);
  assert.match(next, /USING COVERING INDEX message_waiting/);
  assert.doesNotMatch(next, /TEMP B-TREE|SCAN/);
});
