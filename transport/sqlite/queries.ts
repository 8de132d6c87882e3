import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Outgoing, QueueState } from "../transport.ts";

/** A message as a claim found it. */
export interface ClaimedRow {
  readonly id: number;
  /** How often it was taken before. */
  readonly deliveries: number;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A message as somebody sees it who only looks. */
export interface WaitingRow extends ClaimedRow {
  /** When it became due, in milliseconds since the epoch. */
  readonly availableAt: number;
}

/** Everything that is asked of the file, as plain synchronous calls; times are epoch milliseconds. */
export interface Queries {
  /** Makes a queue exist. */
  declare(name: string): void;
  /** The number of a queue, or `undefined` when there is none. */
  queueId(name: string): number | undefined;
  /** Adds a message to a queue. */
  insert(queue: number, message: Outgoing, now: number): void;
  /**
   * The first messages of a queue that are due, in order; they are not taken yet. Ends early after
   * `maxBytes` of bodies, but not before the first one.
   */
  due(queue: number, now: number, limit: number, maxBytes: number): ClaimedRow[];
  /** The first message of a queue that is due and stands behind another one, if one is given. */
  dueAfter(queue: number, now: number, before: WaitingRow | undefined): WaitingRow | undefined;
  /** Removes a message that nobody has taken. */
  removeWaiting(id: number): void;
  /** Gives a message that is due to an owner. */
  take(id: number, owner: number): void;
  /** Removes a message; `false` when that owner does not hold it. */
  remove(id: number, owner: number): boolean;
  /** Gives a message back, counted; `false` when that owner does not hold it. */
  putBack(id: number, owner: number): boolean;
  /** When the first waiting message of a queue is due. */
  nextDue(queue: number): number | undefined;
  /** What a queue holds; what a dead owner holds counts as ready. */
  state(queue: number, now: number): QueueState;
  /** Registers an owner and gives its number; forgets those that ended and hold nothing. */
  addOwner(now: number, leaseEnd: number): number;
  /** When the lease of an owner ends, or `undefined` when the owner is gone. */
  leaseEnd(owner: number): number | undefined;
  /** Moves the end of an owner's lease, if there still is one. */
  renew(owner: number, leaseEnd: number): void;
  /** When the first lease ends of owners that hold messages of a queue, one owner left out. */
  nextLeaseEnd(queue: number, exceptOwner: number): number | undefined;
  /**
   * Frees, counted, all that owners hold whose lease is over, if they hold messages of this queue;
   * gives the queues that gained something.
   */
  releaseExpired(queue: number, now: number, exceptOwner: number): number[];
  /** Frees all that an owner holds, uncounted, and forgets it; gives the queues that gained. */
  giveBack(owner: number): number[];
}

/** Prepares every statement once. */
export function createQueries(db: DatabaseSync): Queries {
  const run = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: SQLInputValue[]) => statement.run(...values);
  };
  const first = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: SQLInputValue[]) => statement.get(...values);
  };
  const all = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: SQLInputValue[]) => statement.all(...values);
  };

  const declare = run("INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING");
  const queueId = first("SELECT id FROM queue WHERE name = ?");
  const insertBody = run("INSERT INTO body (bytes) VALUES (?)");
  const insertMessage = run(
    `INSERT INTO message (id, queue, available_at, published_at, message_id, headers)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const due = db.prepare(
    `SELECT message.id, deliveries, published_at, message_id, headers, bytes
     FROM message JOIN body ON body.id = message.id
     WHERE queue = ? AND owner IS NULL AND available_at <= ?
     ORDER BY available_at, message.id LIMIT ?`,
  );
  const dueAfter = first(
    `SELECT message.id, available_at, deliveries, published_at, message_id, headers, bytes
     FROM message JOIN body ON body.id = message.id
     WHERE queue = ?1 AND owner IS NULL AND available_at <= ?2
       AND (available_at, message.id) > (?3, ?4)
     ORDER BY available_at, message.id LIMIT 1`,
  );
  const removeWaiting = run("DELETE FROM message WHERE id = ? AND owner IS NULL");
  const take = run("UPDATE message SET owner = ?, deliveries = deliveries + 1 WHERE id = ?");
  const remove = run("DELETE FROM message WHERE id = ? AND owner = ?");
  const removeBody = run("DELETE FROM body WHERE id = ?");
  const putBack = run("UPDATE message SET owner = NULL WHERE id = ? AND owner = ?");
  const nextDue = first(
    `SELECT available_at FROM message WHERE queue = ? AND owner IS NULL
     ORDER BY available_at LIMIT 1`,
  );
  const state = first(
    `SELECT
       (SELECT count(*) FROM message
         WHERE queue = ?1 AND owner IS NULL AND available_at <= ?2) AS due,
       (SELECT count(*) FROM message
         WHERE queue = ?1 AND owner IS NULL AND available_at > ?2) AS delayed,
       (SELECT count(*) FROM message JOIN owner ON owner.id = message.owner
         WHERE queue = ?1 AND lease_end > ?2) AS held,
       (SELECT count(*) FROM message JOIN owner ON owner.id = message.owner
         WHERE queue = ?1 AND lease_end <= ?2) AS abandoned`,
  );
  const addOwner = run("INSERT INTO owner (lease_end) VALUES (?)");
  const leaseEnd = first("SELECT lease_end FROM owner WHERE id = ?");
  const renew = run("UPDATE owner SET lease_end = ? WHERE id = ?");
  const removeIdleOwners = run(
    `DELETE FROM owner WHERE lease_end <= ?
       AND NOT EXISTS (SELECT 1 FROM message WHERE message.owner = owner.id)`,
  );
  const isHolding = "EXISTS (SELECT 1 FROM message WHERE message.owner = owner.id AND queue = ?)";
  const nextLeaseEnd = first(
    `SELECT min(lease_end) AS lease_end FROM owner WHERE ${isHolding} AND id <> ?`,
  );
  const expired = all(`SELECT id FROM owner WHERE ${isHolding} AND id <> ? AND lease_end <= ?`);
  const queuesOf = all("SELECT DISTINCT queue FROM message WHERE owner = ?");
  const release = run("UPDATE message SET owner = NULL WHERE owner = ?");
  const releaseUncounted = run(
    "UPDATE message SET owner = NULL, deliveries = deliveries - 1 WHERE owner = ?",
  );
  const removeOwner = run("DELETE FROM owner WHERE id = ?");

  const freeAll = (owner: number, free: (owner: number) => void): number[] => {
    const queues = queuesOf(owner).map((row) => numberIn(row, "queue"));
    free(owner);
    removeOwner(owner);
    return queues;
  };

  return {
    declare: (name) => void declare(name),
    queueId: (name) => {
      const row = queueId(name);
      return row && numberIn(row, "id");
    },
    insert: (queue, message, now) => {
      const { lastInsertRowid } = insertBody(message.body);
      const availableAt = now + Math.max(0, Math.ceil(message.delayMs ?? 0));
      const headers = JSON.stringify(message.headers ?? {});
      insertMessage(lastInsertRowid, queue, availableAt, now, message.messageId, headers);
    },
    due: (queue, now, limit, maxBytes) => {
      const rows: ClaimedRow[] = [];
      let bytes = 0;
      for (const row of due.iterate(queue, now, limit)) {
        const claimed = claimedRow(row);
        rows.push(claimed);
        bytes += claimed.body.length;
        if (bytes >= maxBytes) break;
      }
      return rows;
    },
    dueAfter: (queue, now, before) => {
      const { availableAt = -Infinity, id = 0 } = before ?? {};
      const row = dueAfter(queue, now, availableAt, id);
      return row && { ...claimedRow(row), availableAt: numberIn(row, "available_at") };
    },
    removeWaiting: (id) => {
      if (removeWaiting(id).changes === 1) removeBody(id);
    },
    take: (id, owner) => void take(owner, id),
    remove: (id, owner) => {
      const removed = remove(id, owner).changes === 1;
      if (removed) removeBody(id);
      return removed;
    },
    putBack: (id, owner) => putBack(id, owner).changes === 1,
    nextDue: (queue) => {
      const row = nextDue(queue);
      return row && numberIn(row, "available_at");
    },
    state: (queue, now) => {
      const row = state(queue, now) ?? {};
      return {
        ready: numberIn(row, "due") + numberIn(row, "abandoned"),
        unacked: numberIn(row, "held"),
        delayed: numberIn(row, "delayed"),
      };
    },
    addOwner: (now, leaseEnd) => {
      removeIdleOwners(now);
      return Number(addOwner(leaseEnd).lastInsertRowid);
    },
    leaseEnd: (owner) => {
      const row = leaseEnd(owner);
      return row && numberIn(row, "lease_end");
    },
    renew: (owner, leaseEnd) => void renew(leaseEnd, owner),
    nextLeaseEnd: (queue, exceptOwner) => {
      const value = nextLeaseEnd(queue, exceptOwner)?.lease_end;
      return typeof value === "number" ? value : undefined;
    },
    releaseExpired: (queue, now, exceptOwner) =>
      expired(queue, exceptOwner, now).flatMap((row) => freeAll(numberIn(row, "id"), release)),
    giveBack: (owner) => freeAll(owner, releaseUncounted),
  };
}

function claimedRow(row: Record<string, SQLOutputValue>): ClaimedRow {
  const { message_id: messageId, headers, bytes: body } = row;
  if (typeof messageId !== "string" || typeof headers !== "string" || !isBytes(body)) {
    throw new TypeError(`message ${row.id} is not as the schema says`);
  }
  return {
    id: numberIn(row, "id"),
    deliveries: numberIn(row, "deliveries"),
    publishedAt: numberIn(row, "published_at"),
    messageId,
    headers: JSON.parse(headers),
    body,
  };
}

function numberIn(row: Record<string, SQLOutputValue>, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`${column} is ${value}; allowed: a number`);
  return value;
}

function isBytes(value: SQLOutputValue | undefined): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array;
}
