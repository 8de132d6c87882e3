import assert from "node:assert/strict";
import { findKubectl } from "../helm.ts";
import { startKube } from "../kube.ts";
import { makeTempFolder } from "../temp_folder.ts";
import { newThing, thingCrd } from "./thing_crd.ts";

const kubectl = await findKubectl();

Deno.test({
  name: "[Q4] kubectl works with the API server for tests",
  ignore: kubectl.isMissing,
  fn: async (t) => {
    await using kube = await startKube({ crds: [thingCrd] });
    await using folder = await makeTempFolder();
    const run = async (...args: string[]) => {
      const { success, stdout, stderr } = await new Deno.Command(kubectl.command, {
        args: [`--kubeconfig=${kube.kubeconfig}`, `--cache-dir=${folder.at("cache")}`, ...args],
      }).output();
      const text = new TextDecoder();
      assert.ok(success, `kubectl ${args.join(" ")}: ${text.decode(stderr)}`);
      return text.decode(stdout).trim();
    };
    const thing = await folder.write("thing.json", JSON.stringify(newThing("default", "one")));

    await t.step("by both ways to apply, one after the other", async () => {
      assert.equal(
        await run("apply", "--server-side", "-f", thing),
        "thing.example.io/one serverside-applied",
      );
      assert.equal(await run("apply", "-f", thing), "thing.example.io/one configured");
      assert.equal(await run("apply", "-f", thing), "thing.example.io/one unchanged");
    });
    await t.step("to show a table, and what is in all namespaces", async () => {
      assert.match(await run("get", "things", "-o", "wide"), /^NAME +AGE\none +\d+s$/);
      assert.match(
        await run("get", "things", "--all-namespaces"),
        /^NAMESPACE +NAME +AGE\ndefault +one /,
      );
    });
    await t.step("to patch, label and select", async () => {
      await run("patch", "thing", "one", "--type=merge", "-p", '{"spec":{"size":2}}');
      await run("label", "thing", "one", "color=red");
      const size = ["-l", "color=red", "-o", "jsonpath={.items[*].spec.size}"];
      assert.equal(await run("get", "things", ...size), "2");
    });
    await t.step("to make what its client sends as protobuf", async () => {
      await run("create", "secret", "generic", "secret", "--from-literal=key=value");
      const secret = { apiVersion: "v1", kind: "Secret", namespace: "default", name: "secret" };
      const kept = await kube.client.get(secret);
      assert.deepEqual([kept?.type, kept?.data], ["Opaque", { key: btoa("value") }]);
      assert.equal(await run("auth", "can-i", "create", "pods"), "yes");
    });
    await t.step("to delete, and to wait for that", async () => {
      assert.match(await run("delete", "thing", "one", "--wait"), /"one" deleted/);
      assert.match(await run("delete", "crd", "things.example.io", "--wait"), /deleted/);
    });
  },
});
