import assert from "node:assert/strict";
import { exchange } from "./exchange.ts";
import { receivedRoute, ScriptedHost } from "./scripted_host.ts";
import { makeTempFolder } from "./temp_folder.ts";

const message = { route: { steps: ["a"], current: 0 }, payload: 7 };

function textOf(end: Awaited<ReturnType<typeof exchange>>): unknown {
  return end.kind === "reply" ? JSON.parse(new TextDecoder().decode(end.body)) : end;
}

Deno.test("a scripted host answers bare lists, and refuses what is not JSON", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("app.sock");
  await using host = new ScriptedHost(path, {
    act: (request) => ({ answer: [{ payload: 1, route: receivedRoute(request) }] }),
  });
  const reply = await exchange(path, JSON.stringify(message), { chunkBytes: 3 });
  assert.deepEqual(textOf(reply), [{ payload: 1, route: message.route }]);
  assert.match(JSON.stringify(textOf(await exchange(path, "ASYA/1 {}"))), /msg_parsing_error/);
  assert.deepEqual(host.messages, [message]);
  assert.equal(host.requests.length, 2);
});

Deno.test("a scripted host serves one connection after the other, and five may wait", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("app.sock");
  let running = 0;
  const { promise: allAsked, resolve } = Promise.withResolvers<void>();
  await using host = new ScriptedHost(path, {
    act: async () => {
      assert.equal(++running, 1);
      await allAsked;
      running--;
      return { answer: null };
    },
  });
  const calls = Array.from({ length: 9 }, () => exchange(path, "{}"));
  const overflown = await Promise.race([
    Promise.all(calls.slice(6)).then((ends) => ends.map(({ kind }) => kind)),
  ]);
  assert.deepEqual(overflown, ["closed", "closed", "closed"]);
  resolve();
  const served = await Promise.all(calls.slice(0, 6));
  assert.deepEqual(served.map(({ kind }) => kind), Array(6).fill("reply"));
  assert.equal(host.overflows, 3);
  assert.equal(host.mostOpen, 6);
});

Deno.test("a scripted host misbehaves as it is told", async () => {
  await using folder = await makeTempFolder();
  const path = folder.at("app.sock");
  const acts = [{ hang_up: true } as const, { raw: new Uint8Array([0, 0]) }];
  await using _host = new ScriptedHost(path, { act: (_, index) => acts[index]! });
  assert.deepEqual(await exchange(path, "{}"), { kind: "closed", pendingBytes: 0 });
  assert.deepEqual(await exchange(path, "{}"), { kind: "closed", pendingBytes: 2 });
});
