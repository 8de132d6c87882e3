import assert from "node:assert/strict";
import { completeWords } from "./complete_words.ts";
import { table } from "./table.ts";

const pure = { permissions: "none" } as const;

function complete(line: string): unknown {
  const completion = completeWords(line.split(" "), table);
  if (completion.kind === "words") return completion.candidates.map(({ word }) => word);
  return [completion.kind, completion.given];
}

Deno.test("[U6] a line is completed by what may stand next on it", pure, () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["cal", ["call"]],
    ["--v", ["--version"]],
    ["dlq re", ["replay"]],
    ["dlq nothing ", []],
    ["call ", ["tools", {}]],
    ["call scan --arg ", ["arguments", { tool: "scan" }]],
    ["call --url x scan --arg ", ["arguments", { tool: "scan" }]],
    ["call scan --no", ["--no-wait"]],
    ["call scan --arg a=1 --ar", ["--arg", "--args"]],
    ["call scan --watch --wa", []],
    ["call scan more", []],
    ["jobs ls --status f", ["Failed"]],
    ["jobs ls --status ", ["Pending", "Running", "Succeeded", "Failed"]],
    ["jobs ls -n ", []],
    ["jobs cancel a b ", ["jobs", { ids: "a" }]],
    ["dlq purge --step ", ["actors", {}]],
    ["up ", ["files", {}]],
    ["logs ocr ", ["actors", { names: "ocr" }]],
    ["completions ", ["bash", "zsh", "fish"]],
    ["complete ", []],
    ["nothing ", []],
  ];
  for (const [line, expected] of cases) assert.deepEqual(complete(line), expected, line);
});

Deno.test("[U6] every command that help lists is offered", pure, () => {
  const first = complete("") as string[];
  for (const { name, hidden } of table.commands) {
    const [word = "", second] = name.split(" ");
    assert.equal(first.includes(word), hidden !== true, word);
    if (second !== undefined) assert((complete(`${word} `) as string[]).includes(second), name);
  }
});
