import assert from "node:assert/strict";
import { writeCommandLines } from "./command_lines.ts";

Deno.test("a call is written as commands that a shell takes apart as it was", async (t) => {
  const { curl, asya } = writeCommandLines({
    tool: "read_document",
    inputSchema: { properties: { text: { type: "string" }, pages: { type: "array" } } },
    arguments: { text: "it's $HOME; `x`\nnext", pages: ["a b"], further: "as JSON" },
    baseUrl: "http://127.0.0.1:8080",
    needsToken: true,
  });
  const wordsOf = async (line: string) => {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", line.replace(/^\w+/, "printf '%s\\0'")],
      env: { ASYA_API_TOKEN: "from the environment", PATH: Deno.env.get("PATH") ?? "" },
      clearEnv: true,
    }).output();
    return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  };
  await t.step("curl", async () => {
    const words = await wordsOf(curl);
    assert.deepEqual(words.slice(0, 6), [
      "http://127.0.0.1:8080/tools/call",
      "-H",
      "content-type: application/json",
      "-H",
      "authorization: Bearer from the environment",
      "-d",
    ]);
    assert.deepEqual(JSON.parse(words[6] ?? ""), {
      name: "read_document",
      arguments: { text: "it's $HOME; `x`\nnext", pages: ["a b"], further: "as JSON" },
    });
  });
  await t.step("asya", async () => {
    assert.deepEqual(await wordsOf(asya), [
      "call",
      "read_document",
      "--url",
      "http://127.0.0.1:8080",
      "--arg",
      "text=it's $HOME; `x`\nnext",
      "--arg",
      'pages=["a b"]',
      "--arg",
      'further="as JSON"',
    ]);
  });
});
