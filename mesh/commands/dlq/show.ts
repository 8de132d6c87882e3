import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { openGateway } from "../open_gateway.ts";
import { required } from "../option.ts";
import { findLetters } from "../../client/find_letters.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";
import { describeLetter } from "../../show/describe_letter.ts";

/** `asya dlq show`: shows one dead letter. */
export const dlqShow: Command = defineCommand({
  name: "dlq show",
  summary: "show one dead letter with all that is in it",
  about:
    "Shows one dead letter: why it is one, where its work stood, and the payload that would be " +
    "worked on again.",
  positionals: {
    id: required({
      value: "ID",
      doc: "the dead letter's id, or the letters it begins with",
      completes: "letters",
    }),
  },
  options: { url: urlOption, json: jsonOption("print it as the gateway shows it") },
  examples: [
    { line: "asya dlq show 5b2c", doc: "the dead letter whose id begins so" },
    { line: "asya dlq show 5b2c --json | jq .payload > payload.json", doc: "its payload alone" },
  ],
  async run({ id, url, json }, context) {
    const { screen } = context;
    const client = await openGateway(url, context);
    const [found] = await findLetters(client, [id]);
    const letter = await client.getLetter(textOf(found?.id));
    if (json) screen.out(JSON.stringify(letter));
    else for (const line of describeLetter(letter, screen.colourOut)) screen.out(line);
    return EXIT.ok;
  },
});
