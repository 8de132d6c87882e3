import assert from "node:assert/strict";
import { TargetFiles } from "./target_files.ts";

/** A mesh whose sidecars answer at ports, by the names of their actors. */
function measured(ports: Readonly<Record<string, number>>, mesh = "shop") {
  const processes = Object.entries(ports).map(([unit, port]) => ({
    ...{ name: `${unit}.sidecar`, unit, program: "sidecar", args: [], env: {}, cwd: "/" } as const,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
  }));
  return { mesh: { name: mesh }, plan: { processes } };
}

/** Which targets a Prometheus finds in a folder, by file. */
function targetsIn(folder: string): Record<string, string[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Object.fromEntries(names.map((name) => {
    const [{ targets }] = JSON.parse(Deno.readTextFileSync(`${folder}/${name}`));
    return [name, targets];
  }));
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Prometheus finds what runs, and nothing that was stopped", () =>
  withFolder(async (root) => {
    const folder = `${root}/metrics`;
    await using other = new TargetFiles(folder);
    await other.put(measured({ far: 7 }));
    {
      await using targets = new TargetFiles(folder);
      await targets.put(measured({ ocr: 1, split: 2 }));
      assert.deepEqual(targetsIn(folder), {
        "far.json": ["127.0.0.1:7"],
        "ocr.json": ["127.0.0.1:1"],
        "split.json": ["127.0.0.1:2"],
      });
      await targets.put(measured({ split: 3, page: 4 }));
      assert.deepEqual(targetsIn(folder), {
        "far.json": ["127.0.0.1:7"],
        "page.json": ["127.0.0.1:4"],
        "split.json": ["127.0.0.1:3"],
      });
      await Deno.remove(`${folder}/page.json`);
    }
    assert.deepEqual(targetsIn(folder), { "far.json": ["127.0.0.1:7"] });
  }));

Deno.test("a file of targets that is written again is read whole", () =>
  withFolder(async (folder) => {
    await using targets = new TargetFiles(folder);
    const meshes = ["a", "b"].map((letter) => measured({ ocr: 1 }, letter.repeat(100_000)));
    const put = async (index: number) => {
      const mesh = meshes[index % 2];
      if (mesh) await targets.put(mesh);
    };
    await put(0);
    let isOver = false;
    const reading = (async () => {
      while (!isOver) JSON.parse(await Deno.readTextFile(`${folder}/ocr.json`));
    })();
    for (let index = 1; index < 100; index++) await put(index);
    isOver = true;
    await reading;
  }));
