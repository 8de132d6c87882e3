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
