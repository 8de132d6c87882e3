import assert from "node:assert/strict";
import { helpText } from "./help.ts";
import { table } from "./table.ts";

const pure = { permissions: "none" } as const;
const everything = ["", ...table.groups, ...table.commands].map((of) =>
  typeof of === "string" ? of : of.name
);

Deno.test("help fits a terminal of 80 columns, but for lines that are to be copied", pure, () => {
  for (const name of everything) {
    const examples = table.commands.flatMap(({ examples }) => examples.map(({ line }) => line));
    for (const line of helpText(table, name, 80).split("\n")) {
      const isNote = table.commands.some(({ notes = "", topics = [] }) =>
        [notes, ...topics.map(({ text }) => text)].some((text) => text.includes(line.trim()))
      );
      if (examples.includes(line.trim()) || isNote) continue;
      assert([...line].length <= 80, `${name}: ${line}`);
    }
  }
});

Deno.test("help of a command has all that it takes, and examples", pure, () => {
  for (const command of table.commands) {
    for (const line of (helpText(table, command.name, 60).split("\n\n")[0] ?? "").split("\n")) {
      assert.equal(line.split("[").length, line.split("]").length, `an option is in two: ${line}`);
    }
    const help = helpText(table, command.name, 100);
    assert(help.startsWith(`asya ${command.name}`), help);
    for (const { value } of Object.values(command.positionals)) assert(help.includes(value), help);
    for (const { line } of command.examples) assert(help.includes(line), help);
  }
  const usageOf = (name: string) => helpText(table, name, 100).split("\n", 1)[0] ?? "";
  assert.match(usageOf("up"), /^asya up \[FILE\] /, "in brackets where it may be left out");
  assert.match(usageOf("logs"), /^asya logs \[ACTOR…\] /);
  assert.match(usageOf("jobs cancel"), /^asya jobs cancel ID… /);
  const call = helpText(table, "call", 100);
  assert.match(call, /^ {2}TOOL +its name; asya tools lists them$/m);
  assert.match(call, /^ {2}--arg NAME=VALUE +one argument;/m);
});

Deno.test(
  "the list of all commands has every one once, and says of groups what they are",
  pure,
  () => {
    const overview = helpText(table, "", 100);
    for (const name of new Set(table.commands.map(({ name }) => name.split(" ")[0] ?? ""))) {
      const hidden = table.commands.find((command) => command.name === name)?.hidden ?? false;
      const rows = overview.match(new RegExp(`^  ${name}( .*)?$`, "gm")) ?? [];
      assert.equal(rows.length, hidden ? 0 : 1, name);
    }
  },
);
