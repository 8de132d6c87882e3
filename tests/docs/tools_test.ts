/**
 * What docs/tools.md says of the tools file, read by the parser and served by a gateway.
 *
 * @module
 */
import { createSchemaCompiler, type ParsedTools, parseTools, parseYaml } from "@asya/gateway";
import assert from "node:assert/strict";
import { freePort, makeTempFolder, pathOf, startProgram } from "../kit/mod.ts";
import { readBlocks } from "./page.ts";

const EXAMPLES = "gateway/config/examples";

function parse(text: string): ParsedTools {
  const yaml = parseYaml("tools.yaml", text);
  return yaml.ok ? parseTools([yaml.document], createSchemaCompiler()) : yaml;
}

Deno.test("[G1] every example of the tools file is one", async () => {
  const blocks = await readBlocks("docs/tools.md");
  const examples = blocks.filter(({ words }) => words.includes("tools"));
  assert.equal(examples.length, 4);
  for (const { text, place, words } of examples) {
    const parsed = parse(text);
    assert.ok(parsed.ok, `${place}: ${parsed.ok ? "" : parsed.problems.join("\n")}`);
    const [file] = words.filter((word) => word.endsWith(".yaml"));
    if (file === undefined) continue;
    const kept = await Deno.readTextFile(pathOf(`${EXAMPLES}/${file}`));
    assert.equal(kept.replace(/^#.*\n/gm, ""), text, `${place} and ${file}`);
  }
});

Deno.test("[G1] the problems that the page shows are those of its bad example", async () => {
  const blocks = await readBlocks("docs/tools.md");
  const at = blocks.findIndex(({ words }) => words.includes("wrong"));
  const parsed = parse(blocks[at]?.text ?? "");
  assert.ok(!parsed.ok);
  assert.equal(`${parsed.problems.join("\n")}\n`, blocks[at + 1]?.text);
});

Deno.test("[T2] the page has every key that the parser knows", async () => {
  const page = await Deno.readTextFile(pathOf("docs/tools.md"));
  const bad = parse(`
zzz: 1
retry: { ocr: { zzz: 1 } }
tools: [{ zzz: 1, parameters: { a: { zzz: 1, type: string } }, route: [{ join: a, zzz: 1 }] }]
`);
  assert.ok(!bad.ok);
  const lists = bad.problems.filter((problem) => problem.includes("zzz"));
  assert.equal(lists.length, 5, lists.join("\n"));
  for (const list of lists) {
    const [, keys = ""] = /allowed: (.*)$/.exec(list) ?? [];
    for (const key of keys.split(", ")) assert.ok(page.includes(`\`${key}\``), `${key} of ${list}`);
  }
});

for (
  const [file, tools] of [
    ["routes-minimal.yaml", ["read_document"]],
    ["routes.yaml", ["classify_image", "read_document", "ask"]],
  ] as const
) {
  Deno.test(`a gateway serves ${file}`, async () => {
    await using folder = await makeTempFolder();
    const port = freePort();
    await using process = await startProgram("gateway", {
      cwd: folder.path,
      env: {
        ASYA_GATEWAY_PORT: String(port),
        ASYA_DATABASE_URL: "memory:",
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_CONFIG_PATH: pathOf(`${EXAMPLES}/${file}`),
      },
    });
    await process.waitForLine("listening");
    const answer = await (await fetch(`http://127.0.0.1:${port}/tools`)).json();
    const names = answer.tools.map(({ name }: { name: string }) => name);
    assert.deepEqual(names.filter((name: string) => name !== "asya_job"), tools);
    assert.equal((await process.stop()).code, 0);
  });
}
