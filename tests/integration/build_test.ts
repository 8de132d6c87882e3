/**
 * What is built, once for all that is asked of it: bundles without the checkout, executables as far
 * as they can be had without a download, and images as they can be without a container engine.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canContain } from "../kit/images/container.ts";
import { makeTempFolder } from "../kit/mod.ts";
import { buildAll, copyContext, hashFiles } from "./images/build_all.ts";
import { readContents, weighAll } from "./images/bundle_contents.ts";
import { carryOne } from "./images/container_mesh.ts";
import { operate, serveAlone, tryToWrite } from "./images/containers.ts";
import { compileOwn, lookInto, refuseDownload } from "./images/executables.ts";
import { hostAuthors, hostOurs } from "./images/host_bundles.ts";

const name = "[R5] [C8] [C11] [C13] [Y1] [Y2] [Y3] [Y5] [Y6] what is built works, and is known";

Deno.test(name, async (t) => {
  await using folder = await makeTempFolder();
  // Others than we are look into it.
  await Deno.chmod(folder.path, 0o755);
  const dist = folder.at("dist");
  await buildAll(dist);
  // In a copy of what an engine is sent, which lies elsewhere: without git, tests and pages.
  const rebuilding = copyContext(folder.at("context")).then(() =>
    buildAll(folder.at("again"), folder.at("context"))
  );
  const ignore = !await canContain();
  if (ignore) console.warn("no containers: this system gives us no mounts of our own");

  await t.step("a handler finds @asya/runtime", () => hostAuthors(folder));
  await t.step("the handlers of every mesh are single files", () => hostOurs(folder));
  await t.step("[C11] what is in it stands beside it", () => readContents(folder));
  await t.step("[Y5] permissions and handlers are in executables", () => lookInto(dist));
  await t.step({
    name: "[Y2] a container may write to its volumes and to /tmp, and is nobody",
    ignore,
    fn: () => tryToWrite(folder, dist),
  });
  await t.step({
    name: "[Y1] [Y2] a job goes through containers, which use what they may",
    ignore,
    fn: () => carryOne(folder, dist),
  });
  await t.step({ name: "[Y2] operators work in theirs", ignore, fn: () => operate(folder, dist) });
  await t.step({ name: "[Y2] a gateway does", ignore, fn: () => serveAlone(folder, dist) });
  await t.step("[Y3] the same checkout becomes the same bytes", async () => {
    await rebuilding;
    assert.deepEqual(await hashFiles(folder.at("again")), await hashFiles(dist));
  });
  await t.step("[Y5] a handler of a project of its own is compiled", () => compileOwn(folder));
  await t.step("[Y6] without a download, bundles stand", () => refuseDownload(folder));
  await t.step("[C13] every program is within its budget", () => weighAll(folder));
});
