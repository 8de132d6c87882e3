import assert from "node:assert/strict";
import { commandsReference } from "./commands_reference.ts";
import { defineCommand } from "../mesh/commands/command.ts";
import { flag, many, required } from "../mesh/commands/option.ts";

Deno.test("a command is explained by its row, and one for programs is not", {
  permissions: "none",
}, () => {
  const row = {
    name: "greet",
    summary: "greet a|b",
    about: "Greets.",
    positionals: {
      name: required({ value: "NAME", doc: "whom" }),
      more: many({ value: "MORE", doc: "whom else", least: 0 }),
    },
    options: { loud: flag({ doc: "in capitals", short: "l" }) },
    examples: [{ line: "asya greet Ada", doc: "one" }],
    run: () => 0,
  };
  const hidden = defineCommand({ ...row, name: "secret", hidden: true });
  const text = commandsReference({ commands: [defineCommand(row), hidden], groups: [] });
  assert.match(text, /^\| `asya greet NAME \[MORE…\]` \| greet a\\\|b +\|$/m);
  assert.match(text, /^### asya greet\n\nGreets\.$/m);
  assert.match(text, /^\| `-l, --loud` \| in capitals +\|$/m);
  assert.match(text, /^# one\nasya greet Ada$/m);
  assert(!text.includes("secret"));
});
