import type { DatabaseSync } from "node:sqlite";

/** Says in the file's header whose it is: "asyJ". */
const APPLICATION_ID = 0x6173794a;

/** Past this size, the write-ahead log is cut back when it starts over. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * What may be large (payload, result) stands beside what changes often (state), so that a report of
 * progress rewrites little.
 */
const JOBS = `
CREATE TABLE jobs (
  serial      INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  status      TEXT NOT NULL,
  tool        TEXT NOT NULL,
  owner       TEXT,
  deadline_ms INTEGER NOT NULL,
  ended_ms    INTEGER,
  state       TEXT NOT NULL
);
CREATE INDEX jobs_by_status ON jobs (status, serial);
CREATE INDEX jobs_by_deadline ON jobs (deadline_ms) WHERE ended_ms IS NULL;
CREATE INDEX jobs_by_end ON jobs (ended_ms) WHERE ended_ms IS NOT NULL;
CREATE TABLE job_values (
  job     INTEGER PRIMARY KEY,
  payload TEXT NOT NULL,
  result  TEXT
);
CREATE TABLE updates (
  job  INTEGER NOT NULL,
  seq  INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (job, seq)
) WITHOUT ROWID;
CREATE TABLE branches (
  job     INTEGER NOT NULL,
  lineage TEXT NOT NULL,
  state   TEXT NOT NULL,
  PRIMARY KEY (job, lineage)
) WITHOUT ROWID;
CREATE TABLE branch_ends (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  job    INTEGER NOT NULL,
  body   TEXT NOT NULL
);
CREATE INDEX branch_ends_by_job ON branch_ends (job, serial);
CREATE TABLE outbox (
  job     INTEGER PRIMARY KEY,
  headers TEXT NOT NULL,
  due_ms  INTEGER NOT NULL
);
CREATE INDEX outbox_by_due ON outbox (due_ms);
`;

/** By what repeated calls are known. */
const KEYS = `
ALTER TABLE jobs ADD COLUMN key TEXT;
ALTER TABLE jobs ADD COLUMN key_digest TEXT;
CREATE UNIQUE INDEX jobs_by_key ON jobs (key) WHERE key IS NOT NULL;
`;

/** What gateways count, in slots of time. */
const PULSE = `
CREATE TABLE pulse (
  slot    INTEGER NOT NULL,
  gateway TEXT NOT NULL,
  counts  TEXT NOT NULL,
  PRIMARY KEY (slot, gateway)
) WITHOUT ROWID;
`;

/** Each makes of one version's tables the next one's; published ones are never changed. */
const STEPS = [JOBS, KEYS, PULSE];

/**
 * Makes an open file a store of jobs, unless it already is one; that of an earlier version is
 * brought to this one. Every commit waits for the disk.
 *
 * @throws Error when the file holds something else
 */
export function prepareDatabase(db: DatabaseSync): void {
  const version = Number(pragma(db, "user_version"));
  const application = pragma(db, "application_id");
  const isEmpty = version === 0 && application === 0 &&
    db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n === 0;
  const isOurs = application === APPLICATION_ID && version >= 1 && version <= STEPS.length;
  if (!isEmpty && !isOurs) {
    throw new Error(
      `the file holds application ${application}, version ${version}; an empty file, or ` +
        `application ${APPLICATION_ID} (jobs of a gateway), version 1 to ${STEPS.length}, is allowed`,
    );
  }
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`);
  if (version === STEPS.length) return;
  db.exec("BEGIN IMMEDIATE");
  for (const step of STEPS.slice(version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${STEPS.length}`);
  db.exec("COMMIT");
}

function pragma(db: DatabaseSync, name: string): unknown {
  return db.prepare(`PRAGMA ${name}`).get()?.[name];
}
