import assert from "node:assert/strict";
import { HANDLER_SCHEMES, parseSpecifier } from "./specifier.ts";

const good: readonly [text: string, module: string, exportName: string, method?: string][] = [
  ["./predict.ts", "./predict.ts", "default"],
  ["../predict.ts", "../predict.ts", "default"],
  ["/app/predict.ts#run", "/app/predict.ts", "run"],
  ["file:///app/my%20model.ts", "/app/my model.ts", "default"],
  ["./predict.ts#default", "./predict.ts", "default"],
  ["./predict.ts#Model.predict", "./predict.ts", "Model", "predict"],
  ["./predict.ts#größe", "./predict.ts", "größe"],
  ["jsr:@me/models@1/predict#run", "jsr:@me/models@1/predict", "run"],
  ["npm:left-pad@1.3.0", "npm:left-pad@1.3.0", "default"],
  ["https://example.com/a.ts?v=1#C.m", "https://example.com/a.ts?v=1", "C", "m"],
];

for (const [text, module, exportName, method] of good) {
  Deno.test(`[R1] ${text} names a handler`, { permissions: "none" }, () => {
    const parsed = parseSpecifier(text, HANDLER_SCHEMES);
    assert(parsed.ok);
    const { specifier } = parsed;
    assert.deepEqual([specifier.module, specifier.exportName, specifier.method], [
      module,
      exportName,
      method,
    ]);
  });
}

const bad: readonly [text: string, says: RegExp][] = [
  ["", /names no module; allowed: a path such as/],
  ["#run", /names no module/],
  ["predict.ts", /neither a path nor a URL.*did you mean ".\/predict.ts"\?/],
  ["data:text/javascript,export default 1", /comes from data:; allowed: file:, jsr:, npm:, https:/],
  ["blob:null/1", /comes from blob:/],
  ["http://example.com/a.ts", /comes from http:/],
  ["node:fs", /comes from node:/],
  ["HTTP://example.com/a.ts", /comes from http:/],
  ["./a.ts#", /names no export; allowed after the module: #export or #Class.method/],
  ["./a.ts#a.b.c", /names no export/],
  ["./a.ts#a#b", /names no export/],
  ["./a.ts#1a", /names no export/],
  ["./a.ts#a b", /names no export/],
];

for (const [text, says] of bad) {
  Deno.test(
    `[R2] ${JSON.stringify(text)} names none, and is told why`,
    { permissions: "none" },
    () => {
      const parsed = parseSpecifier(text, HANDLER_SCHEMES);
      assert(!parsed.ok);
      assert.match(parsed.problem, says);
      assert(parsed.problem.includes(JSON.stringify(text)), "the problem repeats what was got");
    },
  );
}

Deno.test("[R1] a module comes from the allowed places only", { permissions: "none" }, () => {
  assert.equal(parseSpecifier("npm:left-pad", ["file"]).ok, false);
  assert.equal(parseSpecifier("./a.ts", ["npm"]).ok, false);
});
