import type { Template } from "./template.ts";

const HANDLER = `import { defineHandler } from "@asya/runtime";

/** Greets whom the payload names. */
export default defineHandler<{ name: string }, { greeting: string }>((msg) => {
  const { name } = msg.payload;
  return { greeting: "Hello, " + name + "!" };
});
`;

const TEST = `import { runHandler } from "@asya/runtime/testing";
import assert from "node:assert/strict";
import greet from "./greet.ts";

Deno.test("greets whom the payload names", async () => {
  const { payloads } = await runHandler(greet, { name: "Ada" });
  assert.deepEqual(payloads, [{ greeting: "Hello, Ada!" }]);
});
`;

const MESH = `actors:
  - name: greet # its queue has the same name
    handler: ./greet.ts

tools:
  - name: say_hello
    description: Greets somebody by name
    parameters:
      name: { type: string, default: world, description: Whom to greet }
    route: [greet]

demo: { tool: say_hello, arguments: { name: Ada } }
`;

/** One handler, which answers one object. */
export const plain: Template = {
  summary: "one handler that answers one object",
  mesh: MESH,
  files: { "greet.ts": HANDLER, "greet_test.ts": TEST },
  about: "`greet.ts` is called once for each message, and what it returns is the result.",
  call: "say_hello --arg name=Ada",
};
