import assert from "node:assert/strict";
import { openTransport } from "./open.ts";
import type { TransportEvent } from "./transport.ts";

Deno.test("the settings choose the broker", async () => {
  const folder = await Deno.makeTempDir();
  const sqlitePath = `${folder}/queues.db`;
  const events: TransportEvent[] = [];
  const onEvent = (event: TransportEvent) => void events.push(event);
  const memory = await openTransport({ transport: "memory", sqlitePath }, onEvent);
  await memory.declare(["a"]);
  await assert.rejects(Deno.stat(sqlitePath), Deno.errors.NotFound);
  await memory.close();
  const sqlite = await openTransport({ transport: "sqlite", sqlitePath }, onEvent);
  await sqlite.declare(["a"]);
  assert.ok((await Deno.stat(sqlitePath)).isFile);
  assert.deepEqual(events, [{ kind: "connected" }, { kind: "connected" }]);
  await sqlite.close();
  await Deno.remove(folder, { recursive: true });
});
