/**
 * The transport of docs/transports.md passes the suite that all transports pass.
 *
 * @module
 */
import assert from "node:assert/strict";
import { makeTempFolder, pathOf, platformEnv } from "../kit/mod.ts";
import { readBlocks } from "./page.ts";

const OWN = "shelf.ts";

Deno.test("[T1] the transport that docs/transports.md makes passes the suite of all", async () => {
  await using folder = await makeTempFolder();
  const blocks = await readBlocks("docs/transports.md");
  for (const { words, text } of blocks) {
    const name = words.find((word) => word.endsWith(".ts"));
    if (name === undefined) continue;
    // On the page it lies in the folder of the transports.
    const placed = text.replace(
      /from "\.\/([^"]+)"/g,
      (whole, path) => path === OWN ? whole : `from "file://${pathOf(`transport/${path}`)}"`,
    );
    await folder.write(name, placed);
  }
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-prompt", "--config", pathOf("deno.json"), folder.path],
    env: platformEnv(),
    clearEnv: true,
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, said);
  const [, passed = "0"] = /(\d+) passed/.exec(said) ?? [];
  assert.ok(Number(passed) > 20, said);
});
