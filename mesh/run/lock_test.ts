import assert from "node:assert/strict";
import { lockUnits } from "./lock.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/run`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("no part of a mesh runs twice on one folder", () =>
  withFolder(async (folder) => {
    const first = await lockUnits(folder, ["gateway", "ocr"]);
    assert(first.ok);
    const second = await lockUnits(folder, ["classify", "ocr"]);
    assert.deepEqual(second, { ok: false, unit: "ocr", pid: String(Deno.pid) });
    const other = await lockUnits(folder, ["classify"]);
    assert(other.ok, "what the refused one had taken is free again");
    first.lock[Symbol.dispose]();
    const again = await lockUnits(folder, ["ocr"]);
    assert(again.ok, "what was let go of is free");
    other.lock[Symbol.dispose]();
    again.lock[Symbol.dispose]();
  }));

Deno.test("parts may begin and end while others go on", () =>
  withFolder(async (folder) => {
    const first = await lockUnits(folder, ["gateway", "ocr"]);
    const other = await lockUnits(folder, ["classify"]);
    assert(first.ok && other.ok);
    const running = { unit: "classify", pid: String(Deno.pid) };
    assert.deepEqual(await first.lock.add(["split", "classify"]), running);
    assert.equal(await other.lock.add(["split"]), undefined, "none was taken of those");
    first.lock.release(["ocr"]);
    assert.equal(await first.lock.add(["ocr"]), undefined, "what ended may begin again");
    const refused = await lockUnits(folder, ["gateway"]);
    assert(!refused.ok, "what goes on is not free");
    first.lock[Symbol.dispose]();
    other.lock[Symbol.dispose]();
  }));

Deno.test("what was let go of is free also while children are being started", () =>
  withFolder(async (folder) => {
    const starting = new Worker(startChildren, { type: "module" });
    await new Promise((started) => starting.onmessage = started);
    for (let round = 0; round < 200; round++) {
      const locked = await lockUnits(folder, ["ocr"]);
      assert(locked.ok, `free in round ${round}`);
      locked.lock[Symbol.dispose]();
    }
    starting.terminate();
  }));

/** A module that starts one child after the other, until it is ended. */
const startChildren = `data:text/javascript,${
  encodeURIComponent(`
  while (true) {
    await new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).output();
    postMessage("started");
  }
`)
}`;
