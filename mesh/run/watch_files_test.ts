import assert from "node:assert/strict";
import { watchFiles } from "./watch_files.ts";

/** What a watch tells, one change after the other. */
class Told {
  readonly #changes: string[][] = [];
  #wake = Promise.withResolvers<void>();

  add(paths: ReadonlySet<string>): void {
    this.#changes.push([...paths].map((path) => path.slice(path.lastIndexOf("/") + 1)).sort());
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async next(): Promise<string[]> {
    while (this.#changes.length === 0) await this.#wake.promise;
    return this.#changes.shift()!;
  }
}

async function withWatch(
  test: (folder: string, told: Told, follow: (...names: string[]) => void) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    const told = new Told();
    await Deno.writeTextFile(`${folder}/a.ts`, "1");
    await Deno.writeTextFile(`${folder}/b.ts`, "1");
    using watch = watchFiles((paths) => told.add(paths));
    await test(
      folder,
      told,
      (...names) => watch.follow(names.map((name) => `${folder}/${name}`), Date.now()),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[M9] a file with other content is told once, however it was saved", () =>
  withWatch(async (folder, told, follow) => {
    follow("a.ts", "b.ts");
    await Deno.writeTextFile(`${folder}/a.ts`, "2");
    assert.deepEqual(await told.next(), ["a.ts"]);

    await Deno.writeTextFile(`${folder}/a.ts.tmp`, "3");
    await Deno.rename(`${folder}/a.ts.tmp`, `${folder}/a.ts`);
    assert.deepEqual(await told.next(), ["a.ts"], "replaced by a file of its name");

    await Deno.rename(`${folder}/a.ts`, `${folder}/a.ts~`);
    await Deno.writeTextFile(`${folder}/a.ts`, "4");
    await Deno.writeTextFile(`${folder}/b.ts`, "4");
    assert.deepEqual(await told.next(), ["a.ts", "b.ts"], "kept beside, and written anew");

    await Deno.writeTextFile(`${folder}/a.ts`, "4");
    await Deno.writeTextFile(`${folder}/c.ts`, "4");
    await Deno.writeTextFile(`${folder}/b.ts`, "5");
    assert.deepEqual(await told.next(), ["b.ts"], "the same content, and what nobody follows");
  }));

Deno.test("[M9] files come and go, and others are followed", () =>
  withWatch(async (folder, told, follow) => {
    follow("a.ts", "new.ts");
    await Deno.writeTextFile(`${folder}/new.ts`, "1");
    assert.deepEqual(await told.next(), ["new.ts"]);
    await Deno.remove(`${folder}/a.ts`);
    assert.deepEqual(await told.next(), ["a.ts"]);
    await Deno.mkdir(`${folder}/deeper`);
    await Deno.writeTextFile(`${folder}/deeper/d.ts`, "1");
    follow("b.ts", "deeper/d.ts");
    await Deno.writeTextFile(`${folder}/deeper/d.ts`, "2");
    assert.deepEqual(await told.next(), ["d.ts"]);
    await Deno.writeTextFile(`${folder}/new.ts`, "2");
    await Deno.writeTextFile(`${folder}/b.ts`, "2");
    assert.deepEqual(await told.next(), ["b.ts"]);
  }));

Deno.test("[M9] what was written since the file was taken is a change", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const told = new Told();
  using watch = watchFiles((paths) => told.add(paths));
  await Deno.writeTextFile(`${folder}/new.ts`, "1");
  await Deno.writeTextFile(`${folder}/old.ts`, "1");
  await Deno.utime(`${folder}/old.ts`, new Date(0), new Date(0));
  watch.follow([`${folder}/new.ts`, `${folder}/old.ts`], Date.now() - 60_000);
  assert.deepEqual(await told.next(), ["new.ts"]);
  await Deno.remove(folder, { recursive: true });
});
