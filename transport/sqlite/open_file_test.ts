import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { bellsFolder } from "./bells.ts";
import { openFile } from "./open_file.ts";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await run(folder);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("the file is made with its folder, for its owner only", () =>
  withFolder(async (folder) => {
    const path = `${folder}/deep/down/queues.db`;
    const db = await openFile(path);
    const modeOf = async (file: string) => ((await Deno.stat(file)).mode ?? 0) & 0o777;
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      assert.equal((await modeOf(file)).toString(8), "600", file);
    }
    assert.equal((await modeOf(bellsFolder(path))).toString(8), "700");
    db.close();
  }));

Deno.test("a file is opened again as it was", () =>
  withFolder(async (folder) => {
    const path = `${folder}/queues.db`;
    const first = await openFile(path);
    first.exec("INSERT INTO queue (name) VALUES ('a')");
    const second = await openFile(path);
    first.close();
    second.close();
    const third = await openFile(path);
    assert.equal(third.prepare("SELECT name FROM queue").get()?.name, "a");
    assert.equal(third.prepare("PRAGMA journal_mode").get()?.journal_mode, "wal");
    third.close();
  }));

const unfit: Readonly<Record<string, { make: (path: string) => void; message: RegExp }>> = {
  "no database": {
    make: (path) => Deno.writeTextFileSync(path, "a shopping list\n".repeat(500)),
    message: /queues\.db: file is not a database \(.*give another path\)$/,
  },
  "a folder": {
    make: (path) => Deno.mkdirSync(path),
    message: /queues\.db: .*[Dd]irectory/,
  },
  "another program's database": {
    make: (path) => withDatabase(path, (db) => db.exec("CREATE TABLE invoice (id)")),
    message: /queues\.db is another program's database; give the path of a file of our own/,
  },
  "another program's database with a version": {
    make: (path) => withDatabase(path, (db) => db.exec("PRAGMA user_version = 1")),
    message: /queues\.db is another program's database/,
  },
  "a later layout": {
    make: (path) =>
      withDatabase(path, (db) => {
        db.exec("PRAGMA application_id = 0x41535951");
        db.exec("PRAGMA user_version = 7");
      }),
    message: /queues\.db has layout 7; this version reads 1/,
  },
};

for (const [name, { make, message }] of Object.entries(unfit)) {
  Deno.test(`what is unfit is refused, saying what to do: ${name}`, () =>
    withFolder(async (folder) => {
      make(`${folder}/queues.db`);
      await assert.rejects(openFile(`${folder}/queues.db`), { code: "unusable", message });
    }));
}

Deno.test("a file that may not be written is refused by name", () =>
  withFolder(async (folder) => {
    const path = `${folder}/none/queues.db`;
    Deno.writeTextFileSync(`${folder}/none`, "a file where the folder should be");
    await assert.rejects(openFile(path), { code: "unusable", message: /none\/queues\.db: / });
  }));

function withDatabase(path: string, run: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  run(db);
  db.close();
}

const nowhere = new URL("./nowhere/queues.db", import.meta.url).pathname;

Deno.test("whoever may write the file alone is told to make its folder", {
  permissions: { read: [nowhere], write: [nowhere] },
}, async () => {
  const folder = nowhere.replace("/queues.db", "");
  const message = new RegExp(`: make the folder ${folder}; it is not there`);
  await assert.rejects(openFile(nowhere), { code: "unusable", message });
});
