/** The layout of the file; a file of another version is refused. */
export const schemaVersion = 1;

/** Marks the file as one of these queues ("ASYQ"), for tools that ask what a file is. */
export const applicationId = 0x41535951;

/**
 * The tables, one statement each.
 *
 * Bodies have a table of their own, so that taking a message, which changes its row, does not write
 * its body again. `available_at` comes before `id` in the order of a queue, so that a delayed
 * message takes its place by the end of its delay. Only waiting messages are in the index that
 * claims walk: a claim reads the first entries of one queue, however many there are.
 */
export const schema: readonly string[] = [
  `CREATE TABLE queue (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE
   ) STRICT`,
  // A process that holds messages, until its lease ends; its number is never used again.
  `CREATE TABLE owner (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     lease_end INTEGER NOT NULL
   ) STRICT`,
  `CREATE TABLE body (
     id INTEGER PRIMARY KEY,
     bytes BLOB NOT NULL
   ) STRICT`,
  // Times are milliseconds since the epoch; owner is NULL while nobody holds the message.
  `CREATE TABLE message (
     id INTEGER PRIMARY KEY,
     queue INTEGER NOT NULL REFERENCES queue (id),
     available_at INTEGER NOT NULL,
     owner INTEGER REFERENCES owner (id),
     deliveries INTEGER NOT NULL DEFAULT 0,
     published_at INTEGER NOT NULL,
     message_id TEXT NOT NULL,
     headers TEXT NOT NULL
   ) STRICT`,
  // Its last column is the table's id, as in every index; with owner in it, it answers alone.
  "CREATE INDEX message_waiting ON message (queue, owner, available_at) WHERE owner IS NULL",
  "CREATE INDEX message_held ON message (owner, queue) WHERE owner IS NOT NULL",
];
