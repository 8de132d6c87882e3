/**
 * docs/platform.md, done as it says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseMeshFile } from "../../mesh/mod.ts";
import { findRabbitmq } from "../kit/mod.ts";
import { followPage } from "./follow_page.ts";
import { readBlocks } from "./page.ts";

const PAGE = "docs/platform.md";

const rabbitmq = await findRabbitmq();

Deno.test({
  name: "[T1] [M7] what docs/platform.md tells operators to do works as it stands",
  ignore: rabbitmq.isMissing,
  fn: async () => {
    await using vhost = await rabbitmq.createVhost();
    await followPage(PAGE, { ASYA_RABBITMQ_URL: vhost.url });
  },
});

Deno.test("[T2] the mesh's file of docs/platform.md is one", async () => {
  const blocks = await readBlocks(PAGE);
  const [file] = blocks.filter(({ words }) => words.includes("mesh"));
  const parsed = parseMeshFile(file?.text ?? "");
  assert.deepEqual(parsed.ok ? [] : parsed.problems, []);
});
