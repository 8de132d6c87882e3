/**
 * The checks that are run against a cluster, against the same mesh on this machine; what needs a
 * cluster is in tests/e2e/scaling.ts.
 *
 * @module
 */
import { checks, Gateway } from "../e2e/checks.ts";
import { pathOf, TestMesh } from "../kit/mod.ts";

Deno.test("[E4] what is checked in a cluster holds for the same mesh on this machine", async (t) => {
  const yaml = await Deno.readTextFile(pathOf("tests/e2e/mesh.yaml"));
  await using mesh = await TestMesh.start({ yaml, handlersIn: "tests/e2e" });
  const gateway = new Gateway(mesh.gatewayUrl);
  for (const { name, run } of checks) await t.step(name, () => run(gateway));
});
