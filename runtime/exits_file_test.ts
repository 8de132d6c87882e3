import assert from "node:assert/strict";
import { EXITS_BYTES } from "./exits.ts";
import { ExitsFile } from "./exits_file.ts";

const exit = { instance: "i1", reason: "oom", at: "2026-01-01T00:00:00Z" } as const;

async function withPath(act: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    act(`${folder}/app.sock.exits`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ends are remembered from one supervisor to the next", () =>
  withPath((path) => {
    const first = ExitsFile.open(path);
    assert.equal(first?.has("i1"), false);
    first?.add(exit);
    first?.close();
    const second = ExitsFile.open(path);
    assert.equal(second?.has("i1"), true);
    second?.close();
  }));

Deno.test("a file belongs to one supervisor at a time", () =>
  withPath((path) => {
    const holder = ExitsFile.open(path);
    assert.equal(ExitsFile.open(path), undefined);
    holder?.close();
  }));

Deno.test("the room for all ends is taken at once, not when the disk may be full", () =>
  withPath((path) => {
    const exits = ExitsFile.open(path);
    assert.equal(Deno.statSync(path).size, EXITS_BYTES);
    exits?.add(exit);
    assert.equal(Deno.statSync(path).size, EXITS_BYTES);
    exits?.close();
  }));
