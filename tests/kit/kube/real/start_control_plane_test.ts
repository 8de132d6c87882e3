import assert from "node:assert/strict";
import { makeTempFolder } from "../../temp_folder.ts";
import { startControlPlane } from "./start_control_plane.ts";

Deno.test("a control plane without its programs says which, and where to get them", async () => {
  await using folder = await makeTempFolder();
  await folder.write("assets/etcd", "");
  await assert.rejects(startControlPlane(folder.at("assets"), folder.path), {
    message: `KUBEBUILDER_ASSETS is ${folder.at("assets")}, where there is no kube-apiserver: it ` +
      "has to name a folder with etcd and kube-apiserver, such as " +
      "`setup-envtest use 1.36 --print path` prints",
  });
});

Deno.test("a control plane that does not start says what its programs wrote", async () => {
  // The folder goes with this process, by the script that serves in it.
  const folder = await Deno.makeTempDir({ prefix: "asya-kube-" });
  await Deno.mkdir(`${folder}/assets`);
  for (const name of ["etcd", "kube-apiserver"]) {
    const script = `#!/bin/sh\necho "${name} was given $*"\nexit 1\n`;
    await Deno.writeTextFile(`${folder}/assets/${name}`, script, { mode: 0o755 });
  }
  await assert.rejects(startControlPlane(`${folder}/assets`, folder), (error: Error) => {
    assert.match(error.message, /did not start: .*ended/);
    assert.match(error.message, /etcd was given --data-dir=/);
    assert.match(error.message, /kube-apiserver was given --etcd-servers=http:/);
    return true;
  });
});
