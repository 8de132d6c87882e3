/**
 * The checks that are run against a cluster, against the same mesh on this machine; what needs a
 * cluster is in tests/e2e/scaling.ts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { checks, Gateway } from "../e2e/checks.ts";
import { findKubectl, pathOf, platformEnv, TestMesh } from "../kit/mod.ts";

const kubectl = await findKubectl();

Deno.test("[E4] what is checked in a cluster holds for the same mesh on this machine", async (t) => {
  const yaml = await Deno.readTextFile(pathOf("tests/e2e/mesh.yaml"));
  await using mesh = await TestMesh.start({ yaml, handlersIn: "tests/e2e" });
  const gateway = new Gateway(mesh.gatewayUrl);
  for (const { name, run } of checks) await t.step(name, () => run(gateway));
  await t.step({
    name: "and the script for clusters says so",
    ignore: kubectl.isMissing,
    fn: async () => {
      const { command } = kubectl;
      const folder = command.includes("/") ? `${command.replace(/\/[^/]*$/, "")}:` : "";
      const env = platformEnv();
      const { code, stdout } = await new Deno.Command(pathOf("tests/e2e/scripts/test-e2e.sh"), {
        args: ["--url", mesh.gatewayUrl, "--no-scaling"],
        env: { ...env, PATH: `${folder}${env.PATH}` },
        clearEnv: true,
      }).output();
      const said = new TextDecoder().decode(stdout);
      assert.equal(code, 0, said);
      assert.match(said, new RegExp(`^${checks.length} of ${checks.length} checks passed$`, "m"));
    },
  });
});
