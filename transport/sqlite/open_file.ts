import { dirname } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { TransportError } from "../transport_error.ts";
import { bellsFolder } from "./bells.ts";
import { applicationId, schema, schemaVersion } from "./schema.ts";
import { describeError, kindOfError } from "./sqlite_error.ts";

/** How long others may keep us from opening the file. */
const maxBusyMs = 10_000;

/** Past this size, the write-ahead log is cut back when it starts over. */
const walLimitBytes = 64 * 1024 * 1024;

/**
 * Opens the file of an embedded broker; makes it, and its folder, where there is none. Only its
 * owner may read it, since messages are nobody else's business.
 *
 * @param path where the file is, or shall be
 * @returns a connection whose statements never wait for a lock
 * @throws {TransportError} `unusable`, with what to do about it
 */
export async function openFile(path: string): Promise<DatabaseSync> {
  try {
    await createFile(path);
  } catch (error) {
    throw unusable(error, path);
  }
  const giveUpAt = performance.now() + maxBusyMs;
  while (true) {
    try {
      return connect(path);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      const isBusy = kindOfError(error) === "busy" && performance.now() < giveUpAt;
      if (!isBusy) throw unusable(error, path);
      // Waits for another process that is making the same file, a random time.
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
    }
  }
}

async function createFile(path: string): Promise<void> {
  const create = () => Deno.open(path, { write: true, create: true, mode: 0o600 });
  try {
    (await create()).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeFolder(dirname(path));
    (await create()).close();
  }
  await Deno.mkdir(bellsFolder(path), { recursive: true, mode: 0o700 });
}

/** Whoever may write a file alone cannot make the folder that it is to be in. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Error(`make the folder ${folder}; it is not there, and this program may not`, {
      cause: error,
    });
  }
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    // The first statement to read the file is the one that fails if it is no database.
    const version = pragma(db, "user_version");
    if (version === 0) checkEmpty(db, path);
    else checkVersion(db, version, path);
    pragma(db, "journal_mode = WAL");
    pragma(db, `journal_size_limit = ${walLimitBytes}`);
    if (version === 0) createTables(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkEmpty(db: DatabaseSync, path: string): void {
  if (db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined) return;
  // Another process may have made the tables since the version was read.
  if (pragma(db, "user_version") === 0) throw foreign(path);
}

function checkVersion(db: DatabaseSync, version: unknown, path: string): void {
  if (pragma(db, "application_id") !== applicationId) throw foreign(path);
  if (version === schemaVersion) return;
  throw new TransportError(
    "unusable",
    `${path} has layout ${version}; this version reads ${schemaVersion}: ` +
      "let the version that wrote it empty its queues, or give another path",
  );
}

function createTables(db: DatabaseSync): void {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    if (pragma(db, "user_version") === 0) {
      for (const statement of schema) db.prepare(statement).run();
      pragma(db, `application_id = ${applicationId}`);
      pragma(db, `user_version = ${schemaVersion}`);
    }
    db.prepare("COMMIT").run();
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}

/** Runs a pragma as a statement, since only a statement's errors carry SQLite's code. */
function pragma(db: DatabaseSync, text: string): SQLOutputValue | undefined {
  return Object.values(db.prepare(`PRAGMA ${text}`).get() ?? {})[0];
}

function foreign(path: string): TransportError {
  return new TransportError(
    "unusable",
    `${path} is another program's database; give the path of a file of our own, or of none`,
  );
}

function unusable(error: unknown, path: string): TransportError {
  return new TransportError("unusable", describeError(error, path), { cause: error });
}
