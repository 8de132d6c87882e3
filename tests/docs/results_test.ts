/**
 * docs/results.md, done as it says, with a bucket that holds afterwards what the page shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { S3_RIGHTS } from "../../actors/s3_failure.ts";
import { TestS3 } from "../kit/mod.ts";
import { followPage } from "./follow_page.ts";
import { compareShown, readBlocks } from "./page.ts";

const PAGE = "docs/results.md";

async function blocksOf(word: string): Promise<string[]> {
  return (await readBlocks(PAGE)).filter(({ words }) => words.includes(word))
    .map(({ text }) => text);
}

Deno.test("[D10] [D22] what docs/results.md tells operators to do works as it stands", async () => {
  await using s3 = await TestS3.start();
  const { ASYA_S3_BUCKET: _, ...env } = s3.env;
  const [environment = ""] = await blocksOf("environment");
  const told = Array.from(environment.matchAll(/export (\w+)=/g), ([, name]) => name);
  assert.deepEqual(told.sort(), Object.keys(env).sort(), "what the page says to set");
  await followPage(PAGE, env);
  const objects = Object.entries(await s3.objects()).sort(([one], [other]) =>
    one.includes("asya-results") ? -1 : other.includes("asya-results") ? 1 : 0
  );
  assert.match(objects[0]?.[0] ?? "", /^team-a\/asya-results\/[\d-]{10}\/\d\d\/greet\/.+\.json$/);
  assert.match(objects[1]?.[0] ?? "", /^team-a\/asya-errors\/[\d-]{10}\/\d\d\/greet\/.+\.json$/);
  const shown = await blocksOf("object");
  assert.equal(objects.length, shown.length);
  for (const [index, [key, content]] of objects.entries()) {
    assert.ok(compareShown(shown[index] ?? "", content), `${key} is\n${content}`);
  }
});

Deno.test("the rights on docs/results.md are those that a store in S3 needs", async () => {
  const [policy = "{}"] = await blocksOf("policy");
  const { Statement } = JSON.parse(policy);
  const actions = Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  assert.deepEqual(actions.sort(), [...S3_RIGHTS].sort());
});

Deno.test("the rules on docs/results.md are about the folders that the page's mesh has", async () => {
  const [lifecycle = "{}"] = await blocksOf("lifecycle");
  const prefixes = JSON.parse(lifecycle).Rules.map(
    ({ Filter }: { Filter: { Prefix: string } }) => Filter.Prefix,
  );
  assert.deepEqual(prefixes, ["team-a/asya-results/", "team-a/asya-errors/", "team-a/"]);
});
