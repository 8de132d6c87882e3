import assert from "node:assert/strict";
import { findModule } from "./find_module.ts";
import { compiledProblems } from "./compiled_problems.ts";
import { parseSpecifier } from "./specifier.ts";
import { makeTempFolder } from "../tests/kit/temp_folder.ts";

/** The handler of an executable whose modules lie in a folder. */
async function find(handler: string) {
  await using folder = await makeTempFolder();
  await folder.write("in/main.js", "");
  await folder.write("in/handler.js", "");
  await folder.write("out.js", "");
  const parsed = parseSpecifier(handler, ["file", "jsr", "npm", "https"]);
  assert(parsed.ok);
  const program = { isCompiled: true, main: `file://${folder.at("in/main.js")}` };
  const found = findModule(parsed.specifier, program);
  return found.ok ? found.path?.replace(folder.path, "") : found.problem;
}

Deno.test("[Y5] a compiled handler lies beside the main module, wherever it is started", async () => {
  assert.equal(await find("./handler.js#Model.predict"), "/in/handler.js");
  for (
    const [handler, problem] of [
      ["./hanler.js", /in and is not there; did you mean "\.\/handler\.js"\?$/],
      ["../out.js", /out\.js; allowed: a file in \S+\/in, what was compiled in, or below it$/],
      ["npm:left-pad", /comes from npm:; allowed: a file that was compiled in$/],
      ["https://example.com/a.js", /comes from https:; allowed: a file that was compiled in$/],
    ] as const
  ) assert.match(await find(handler) ?? "", problem);
});

Deno.test("[Y5] what was decided is not decided again", { permissions: "none" }, () => {
  assert.deepEqual(compiledProblems({}, []), []);
  const [late, heap] = compiledProblems({ maxHeapMb: 64 }, ["--allow-net"]);
  assert.match(late ?? "", /^the argument "--allow-net" comes too late; allowed: none/);
  assert.match(heap ?? "", /^ASYA_MAX_HEAP_MB is 64; allowed: nothing, since the heap/);
});
