import { type Command, defineCommand } from "../command.ts";
import { confirm } from "../confirm.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { openMeantGateway } from "../open_gateway.ts";
import { flag } from "../option.ts";
import { checkChoice, chooseLetters, describeNone } from "./choose_letters.ts";
import { doEach } from "./do_each.ts";
import { filterOptions, lettersArgument } from "./letter_options.ts";
import { letterTable } from "./ls.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";

/** `asya dlq purge`: removes dead letters for good. */
export const dlqPurge: Command = defineCommand({
  name: "dlq purge",
  summary: "remove dead letters for good",
  about:
    "Removes dead letters for good, one after the other, after a question. Ctrl-C between two " +
    "of them leaves the others as they are. It stops at the first that cannot be removed.",
  positionals: { ids: lettersArgument },
  options: {
    ...filterOptions,
    all: flag({ doc: "all of them" }),
    yes: flag({ doc: "do not ask", short: "y" }),
    keepGoing: flag({ doc: "go on with the others after one that could not be removed" }),
    dryRun: flag({ doc: "only list what would be removed" }),
    url: urlOption,
    json: jsonOption("print a line of JSON for each; needs --yes or --dry-run"),
  },
  examples: [
    { line: "asya dlq purge 5b2c", doc: "one of them, after a question" },
    { line: "asya dlq purge --tool old_tool --yes", doc: "those of a tool that is no more" },
  ],
  check: (values) => [
    ...checkChoice(values),
    ...values.json && !values.yes && !values.dryRun
      ? ["--json asks no question; allowed: with --yes or --dry-run"]
      : [],
  ],
  async run(values, context) {
    const { screen, signals } = context;
    const client = await openMeantGateway(values.url, context);
    if (!client) return EXIT.wrongInput;
    const letters = await chooseLetters(client, values);
    if (letters.length === 0) {
      screen.err(describeNone(values));
      return EXIT.ok;
    }
    if (values.dryRun && values.json) screen.out(JSON.stringify({ dead_letters: letters }));
    if (!values.json && (values.dryRun || !values.yes)) {
      const style = { columns: screen.columnsOut(), colour: screen.colourOut };
      const say = values.dryRun ? screen.out : screen.err;
      for (const line of letterTable(letters, new Date(), style)) say(line);
    }
    if (values.dryRun) return EXIT.ok;
    if (!values.yes) {
      const what = letters.length === 1
        ? "this dead letter"
        : `these ${letters.length} dead letters`;
      const answer = await confirm(`remove ${what} for good?`, screen, signals.first);
      if (answer === "nobody") {
        screen.err("there is nobody to ask; say --yes where it is meant");
        return EXIT.wrongInput;
      }
      if (answer === "no") {
        screen.err("nothing is removed");
        return signals.first.aborted ? EXIT.interrupted : EXIT.failed;
      }
    }
    return await doEach(letters, {
      verb: { now: "purge", past: "purged" },
      json: values.json,
      keepGoing: values.keepGoing,
      async act(letter) {
        await client.purgeLetter(textOf(letter.id));
        return undefined;
      },
    }, context);
  },
});
