import assert from "node:assert/strict";
import { openLogFiles } from "./log_files.ts";
import { describeUnknown, isWanted, parseLoggedLine } from "./log_filter.ts";
import { LogReader } from "./log_reader.ts";

async function withFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await test(`${root}/logs`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const fine = (error: Error) => assert.fail(error);

Deno.test("[U5] what is written is read, and files stay within their bound", () =>
  withFolder((folder) => {
    using files = openLogFiles(folder, fine, 100);
    using reader = new LogReader(folder);
    const seen: string[] = [];
    for (let number = 0; number < 50; number++) {
      files.write("ocr", `line ${number} of ocr`);
      files.write("gateway", `line ${number} of gateway`);
      seen.push(...reader.readMore());
    }
    for (const name of ["ocr", "gateway"]) {
      const own = seen.filter((line) => line.endsWith(name));
      assert.deepEqual(own, Array.from({ length: 50 }, (_, number) => `line ${number} of ${name}`));
    }
    for (const { name } of Deno.readDirSync(folder)) {
      const { size, mode } = Deno.statSync(`${folder}/${name}`);
      assert(size <= 100, `${name} has ${size} bytes`);
      assert.equal((mode ?? 0) & 0o077, 0, "nobody else reads it");
    }
    assert.equal([...Deno.readDirSync(folder)].length, 4);
    using later = new LogReader(folder);
    const kept = [...later.readAll()].filter((line) => line.endsWith("ocr"));
    assert.equal(kept.at(-1), "line 49 of ocr");
    assert(kept.length >= 5 && kept.length < 50);
  }));

Deno.test("a line longer than the bound is kept, and one that is half there is waited for", () =>
  withFolder((folder) => {
    using files = openLogFiles(folder, fine, 10);
    files.write("a", "x".repeat(50));
    using reader = new LogReader(folder);
    assert.deepEqual([...reader.readAll()], ["x".repeat(50)]);
    Deno.writeTextFileSync(`${folder}/b.log`, "one\ntw");
    assert.deepEqual([...reader.readMore()], ["one"]);
    Deno.writeTextFileSync(`${folder}/b.log`, "o\n", { append: true });
    assert.deepEqual([...reader.readMore()], ["two"]);
  }));

Deno.test("a log that cannot be written is told once, and nothing else happens", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(folder, "a file where a folder should be");
    const problems: Error[] = [];
    using files = openLogFiles(folder, (error) => problems.push(error));
    for (const line of ["one", "two"]) files.write("a", line);
    assert.equal(problems.length, 1);
  }));

Deno.test("[U5] a change is told at once or a little later, and the telling can be ended", () =>
  withFolder(async (folder) => {
    using files = openLogFiles(folder, fine);
    files.write("a", "one");
    using reader = new LogReader(folder);
    const seen = [...reader.readAll()];
    const ending = new AbortController();
    files.write("a", "two");
    for await (const _ of reader.changes(ending.signal)) {
      seen.push(...reader.readMore());
      if (seen.includes("two")) ending.abort();
    }
    assert.deepEqual(seen, ["one", "two"]);
  }));

Deno.test("a filter lets through what is asked for", { permissions: "none" }, () => {
  const line = parseLoggedLine(JSON.stringify({
    time: "2026-01-01T00:00:01Z",
    level: "WARN",
    process: "ocr.2.sidecar",
    message: "work is dead-lettered",
    job_id: "7d1f6a52",
  }));
  assert(line);
  const cases = [
    [{ names: [] }, true],
    [{ names: ["gateway", "ocr"] }, true],
    [{ names: ["ocr.2.sidecar"] }, true],
    [{ names: ["oc"] }, false],
    [{ names: [], level: "WARN" as const }, true],
    [{ names: [], level: "ERROR" as const }, false],
    [{ names: [], job: "7d1f" }, true],
    [{ names: [], job: "0b" }, false],
    [{ names: [], sinceMs: line.timeMs }, true],
    [{ names: [], sinceMs: line.timeMs + 1 }, false],
  ] as const;
  for (const [filter, expected] of cases) {
    assert.equal(isWanted(line, filter), expected, JSON.stringify(filter));
  }
  assert.equal(parseLoggedLine('{"time":"2026-01-01T00:00:01Z","level":"WA'), undefined);
  assert.equal(parseLoggedLine('{"time":"2026-01-01T00:00:01Z","level":"INFO"}'), undefined);
});

Deno.test("a name that nobody has is told, with what there is", { permissions: "none" }, () => {
  const processes = new Set(["gateway", "mesh", "ocr.1.runtime", "ocr.1.sidecar"]);
  assert.deepEqual(describeUnknown([], processes), []);
  assert.deepEqual(describeUnknown(["ocr", "ocr.1", "ocr.1.runtime", "mesh"], processes), []);
  assert.deepEqual(describeUnknown(["orc", "store"], processes), [
    'nobody called "orc" has a log here; did you mean ocr?',
    'nobody called "store" has a log here; allowed: gateway, mesh, ocr',
  ]);
});
