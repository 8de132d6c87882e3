import assert from "node:assert/strict";
import { type CommandTable, defineCommand } from "../../mesh/commands/command.ts";
import { helpText } from "../../mesh/commands/help.ts";
import { commandsReference } from "./commands_reference.ts";

Deno.test("what several commands take is explained once on the page of all, and in each help", {
  permissions: "none",
}, () => {
  const topic = { name: "WHERE", text: "WHERE is a place" };
  const commands = ["come", "go"].map((name) =>
    defineCommand({
      name,
      summary: `${name} somewhere`,
      about: `Does ${name} somewhere.`,
      positionals: {},
      options: {},
      topics: [topic],
      examples: [{ line: `asya ${name}`, doc: "anywhere" }],
      run: () => 0,
    })
  );
  const table: CommandTable = { commands, groups: [] };
  const page = commandsReference(table);
  assert.equal(page.split(topic.text).length, 2);
  assert.match(page, /^### WHERE\n\nFor `asya come`, `asya go`\.$/m);
  for (const { name } of commands) assert(helpText(table, name, 80).includes(topic.text));
});
