import assert from "node:assert/strict";
import { makeTempFolder } from "../kit/mod.ts";

const root = new URL("../../", import.meta.url);

/** What somebody writes who has Node and no Deno. */
const SCRIPT = `import assert from "node:assert/strict";
import { defineHandler, RetryableError } from "@asya/runtime";
import { advance, parseMessage } from "@asya/protocol";
import { encodeFrame, FrameDecoder } from "@asya/protocol/framing";

const greet = defineHandler((msg) => {
  if (msg.payload.name === "") throw new RetryableError("nobody yet");
  return { greeting: "Hello, " + msg.payload.name + "!" };
});
assert.deepEqual(greet({ payload: { name: "Ada" } }), { greeting: "Hello, Ada!" });
assert.throws(() => greet({ payload: { name: "" } }), { name: "RetryableError" });

const body = '{"job_id":"j1","route":{"steps":["ocr","sort"],"current":0},"payload":{}}';
const parsed = parseMessage(JSON.parse(body));
assert.equal(parsed.ok && advance(parsed.message.route).current, 1);
const [frame] = new FrameDecoder().push(encodeFrame(new TextEncoder().encode(body))).frames;
assert.equal(new TextDecoder().decode(frame), body);
`;

/** What its types say: the first line is right, the second one is not. */
const TYPED = `import { defineHandler } from "@asya/runtime";
export const greet = defineHandler<{ name: string }>((msg) => ({ text: msg.payload.name }));
export const wrong = defineHandler<{ name: string }>((msg) => ({ text: msg.payload.nome }));
`;

/** Whether a command can be run here. */
async function isHere(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const hasNode = await isHere("node") && await isHere("npm");

Deno.test({
  name: "[T8] what is packed for npm installs there, runs under Node, and brings its types",
  ignore: !hasNode,
  async fn() {
    await using folder = await makeTempFolder();
    const run = async (command: string, ...args: string[]) => {
      const cwd = folder.at("shop");
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args,
        cwd,
        env: { NO_COLOR: "1" },
        stdin: "null",
      }).output();
      const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
      return { code, said };
    };
    await folder.write("shop/package.json", '{ "name": "shop", "type": "module" }');
    const flags = ["--no-prompt", "--allow-read", "--allow-write", "--allow-run"];
    const tool = new URL("tools/pack.ts", root).href;
    const packed = await run(Deno.execPath(), "run", ...flags, tool, folder.path);
    assert.equal(packed.code, 0, packed.said);
    const names = [...packed.said.matchAll(/^(\S+\.tgz) \(\d+ kB\)$/gm)].map(([, name]) => name);
    assert.deepEqual(names.map((name) => name?.replace(/-\d.*/, "")), [
      "asya-protocol",
      "asya-runtime",
    ]);
    const quiet = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    const tarballs = names.map((name) => folder.at(`${name}`));
    const installed = await run("npm", "install", ...quiet, ...tarballs);
    assert.equal(installed.code, 0, installed.said);

    await folder.write("shop/greet.js", SCRIPT);
    const ran = await run("node", "greet.js");
    assert.equal(ran.code, 0, ran.said);

    await folder.write("shop/typed.ts", TYPED);
    const checked = await run(Deno.execPath(), "check", "--quiet", "typed.ts");
    assert.match(checked.said, /Property 'nome' does not exist on type '\{ name: string; \}'/);
    assert.match(checked.said, /typed\.ts:3:/);
    assert.doesNotMatch(checked.said, /typed\.ts:[12]:/);

    const inside = folder.at("shop/node_modules/@asya/runtime");
    const files = [...Deno.readDirSync(inside)].map(({ name }) => name);
    assert(files.includes("LICENSE") && files.includes("README.md"));
    assert(!files.includes("main.js") && !files.includes("permissions.json"), `${files}`);
  },
});
