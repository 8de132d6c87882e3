import assert from "node:assert/strict";
import { type Change, type Key, keyOfText, keysOf, keyText } from "./key.ts";

const permissions = "none";

const actor: Key = { kind: "actor", namespace: "docs", name: "ocr" };
const runtime: Key = { kind: "runtime", namespace: "docs" };

Deno.test({
  name: "a key comes back from its text",
  permissions,
  fn: () => {
    for (const key of [actor, runtime]) assert.deepEqual(keyOfText(keyText(key)), key);
    assert.notEqual(keyText(actor), keyText(runtime));
  },
});

const changes: [string, Partial<Change>, Key[]][] = [
  ["an actor", { of: "actor", actorNames: ["ocr"] }, [actor, runtime]],
  ["an object of one", { actorNames: ["ocr"] }, [actor]],
  ["a workload that mounts the runtime", { actorNames: ["ocr"], isOfRuntime: true }, [
    actor,
    runtime,
  ]],
  ["the runtime itself", { isOfRuntime: true }, [runtime]],
  ["an object that was given to another actor", { actorNames: ["ocr", "store"] }, [
    actor,
    { ...actor, name: "store" },
  ]],
  ["an object of nobody", {}, []],
];
for (const [name, change, keys] of changes) {
  Deno.test({
    name: `[F1] what is looked at again: ${name}`,
    permissions,
    fn: () => {
      const whole = {
        of: "object",
        namespace: "docs",
        actorNames: [],
        isOfRuntime: false,
      } as const;
      assert.deepEqual(keysOf({ ...whole, ...change }), keys);
    },
  });
}
