import { type Command, defineCommand } from "./command.ts";
import { COMPLETION_SCRIPTS } from "./completion_scripts.ts";
import { required } from "./option.ts";
import { EXIT } from "../run/run_mesh.ts";

/** Shells that there is a script for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

/** `asya completions`: prints what teaches a shell to complete the command. */
export const completions: Command = defineCommand({
  name: "completions",
  summary: "print what teaches bash, zsh or fish to complete asya",
  about: "Prints a script that teaches a shell to complete commands, options, tools, jobs, dead " +
    "letters and actors. The last four are asked for while you write; where no gateway answers, " +
    "nothing is offered.",
  positionals: {
    shell: required({ value: "SHELL", doc: SHELLS.join(", "), completes: SHELLS }),
  },
  options: {},
  notes: `Once and for all:

  bash  asya completions bash > ~/.local/share/bash-completion/completions/asya
  zsh   asya completions zsh > a folder of your fpath, as _asya
  fish  asya completions fish > ~/.config/fish/completions/asya.fish`,
  examples: [
    {
      line: "asya completions bash > asya.bash",
      doc: "a script for bash; source asya.bash reads it",
    },
    { line: "asya completions fish | source", doc: "in this fish, until it ends" },
  ],
  check: ({ shell }) =>
    SHELLS.some((known) => known === shell)
      ? []
      : [`SHELL is ${JSON.stringify(shell)}; allowed: ${SHELLS.join(", ")}`],
  run({ shell }, { screen }) {
    const known = SHELLS.find((known) => known === shell);
    if (known !== undefined) screen.out(COMPLETION_SCRIPTS[known].trimEnd());
    return EXIT.ok;
  },
});
