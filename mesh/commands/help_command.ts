import { type Command, defineCommand } from "./command.ts";
import { helpText } from "./help.ts";
import { many } from "./option.ts";
import { nearestName } from "@asya/program";
import { EXIT } from "../run/run_mesh.ts";

/** `asya help`: explains a command. */
export const help: Command = defineCommand({
  name: "help",
  summary: "explain a command, or list all of them",
  about: "Explains a command, as `asya COMMAND --help` does. Without one it lists all commands.",
  positionals: {
    words: many({
      value: "COMMAND",
      doc: "such as call, or jobs ls",
      least: 0,
      completes: "commands",
    }),
  },
  options: {},
  examples: [{ line: "asya help jobs retry", doc: "how a job is done again" }],
  run({ words }, { screen, table }) {
    const name = words.join(" ");
    const known = [...table.commands, ...table.groups].map(({ name }) => name);
    if (name !== "" && !known.includes(name)) {
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? "asya help lists all" : `did you mean ${nearest}?`;
      screen.err(`${JSON.stringify(name)} is no command; ${hint}`);
      return EXIT.wrongInput;
    }
    screen.out(helpText(table, name, screen.columns()));
    return EXIT.ok;
  },
});
