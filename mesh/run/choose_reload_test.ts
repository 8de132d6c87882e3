import assert from "node:assert/strict";
import type { MeshFile } from "../file/mesh_file.ts";
import { changedKeys, hasOtherTools, unitsToReload } from "./choose_reload.ts";

const pure = { permissions: "none" } as const;

const mesh: MeshFile = {
  name: "m",
  actors: [],
  tools: [],
  toolsText: "tools: [{ name: t, route: [a] }]\n",
  transportUrl: "sqlite:q.db",
  stepsElsewhere: [],
  storeUrl: "sqlite:j.db",
  results: ".asya/results",
};

Deno.test("[M9] who shares a file is reloaded with it, and nobody else", pure, () => {
  const modules = new Map([
    ["a", ["/m/a.ts", "/m/both.ts"]],
    ["b", ["/m/b.ts", "/m/both.ts"]],
    ["c", ["/m/c.ts"]],
  ]);
  const units = (...paths: string[]) => Object.fromEntries(unitsToReload(new Set(paths), modules));
  assert.deepEqual(units("/m/both.ts"), { a: ["/m/both.ts"], b: ["/m/both.ts"] });
  assert.deepEqual(units("/m/c.ts", "/m/mesh.yaml"), { c: ["/m/c.ts"] });
  assert.deepEqual(units("/m/other.ts"), {});
});

Deno.test("[M9] a start is needed for where messages and the gateway are", pure, () => {
  assert.deepEqual(changedKeys(mesh, { ...mesh, results: "out", storeUrl: "memory:" }), []);
  const moved = { ...mesh, transportUrl: "amqp://mq", gatewayPort: 9000 };
  assert.deepEqual(changedKeys(mesh, moved), ["transport", "ports.gateway"]);
});

Deno.test("[M9] tools that only stand elsewhere are the same", pure, () => {
  assert.equal(hasOtherTools(mesh, { toolsText: `\n\n  ${mesh.toolsText}` }), false);
  assert.equal(hasOtherTools(mesh, { toolsText: mesh.toolsText.replace("[a]", "[b]") }), true);
});
