import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { namePayload } from "../name_payload.ts";
import { openMeantGateway } from "../open_gateway.ts";
import { flag, text } from "../option.ts";
import { JSON_INPUT, readInput } from "../read_input.ts";
import { checkChoice, chooseLetters, describeNone } from "./choose_letters.ts";
import { doEach } from "./do_each.ts";
import { editPayload } from "./edit_payload.ts";
import { filterOptions, lettersArgument } from "./letter_options.ts";
import { letterTable } from "./ls.ts";
import { findStep } from "../../client/find_step.ts";
import type { GatewayClient } from "../../client/gateway_client.ts";
import { GatewayError } from "../../client/gateway_error.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";

/** `asya dlq replay`: does the work of dead letters again. */
export const dlqReplay: Command = defineCommand({
  name: "dlq replay",
  summary: "do the work of dead letters again",
  about:
    "Makes a new job of each dead letter, from the step that failed on, and prints its id. A " +
    "dead letter goes only when its job is stored; the same one replayed twice makes one job. It " +
    "stops at the first that cannot be replayed, and says what was done and what was not. Ctrl-C " +
    "between two of them leaves the others as they are.",
  positionals: { ids: lettersArgument },
  options: {
    ...filterOptions,
    all: flag({ doc: "all of them" }),
    fromStep: text({
      value: "STEP",
      doc:
        "the step to begin with, where not the one that failed: its name, or its number from 0 on",
    }),
    payload: text({ value: "JSON", doc: `what that step gets: ${JSON_INPUT}` }),
    edit: flag({ doc: "edit the payload first, with VISUAL or EDITOR; for one dead letter" }),
    keepGoing: flag({ doc: "go on with the others after one that could not be replayed" }),
    dryRun: flag({ doc: "only list what would be replayed" }),
    url: urlOption,
    json: jsonOption("print a line of JSON for each, with its new job"),
  },
  examples: [
    { line: "asya dlq replay 5b2c", doc: "one, from where it failed" },
    { line: "asya dlq replay 5b2c --edit", doc: "one, with a payload that you correct" },
    {
      line: "asya dlq replay --step ocr --error timeout_error --dry-run",
      doc: "what a filter would replay",
    },
    {
      line: "asya dlq replay --all --from-step 0 --keep-going",
      doc: "everything, from the first step; what cannot be is told and stays",
    },
  ],
  check: (values) => [
    ...checkChoice(values),
    ...values.edit && values.payload !== undefined
      ? ["--edit and --payload are both given; allowed: one of them"]
      : [],
    ...values.edit && values.dryRun ? ["--edit and --dry-run are both given; allowed: one"] : [],
  ],
  async run(values, context) {
    const { screen, env } = context;
    const refuse = (problem: string) => {
      screen.err(problem);
      return EXIT.wrongInput;
    };
    const input = values.payload === undefined
      ? undefined
      : await readInput(values.payload, "--payload", context.signals.first);
    if (input?.ok === false) return refuse(input.problem);
    const client = await openMeantGateway(values.url, context);
    if (!client) return EXIT.wrongInput;
    const letters = await chooseLetters(client, values);
    if (letters.length === 0) {
      screen.err(describeNone(values));
      return EXIT.ok;
    }
    if (values.dryRun) {
      const style = { columns: screen.columnsOut(), colour: screen.colourOut };
      if (values.json) screen.out(JSON.stringify({ dead_letters: letters }));
      else for (const line of letterTable(letters, new Date(), style)) screen.out(line);
      return EXIT.ok;
    }
    let payload: Json | undefined = input?.value;
    if (values.edit) {
      if (letters.length > 1) {
        return refuse(`--edit is for one dead letter; ${letters.length} are named`);
      }
      const whole = await client.getLetter(textOf(letters[0]?.id));
      const editor = env.VISUAL || env.EDITOR || "vi";
      const edited = await editPayload(whole.payload ?? {}, editor);
      if (!edited.ok) {
        screen.err(edited.problem);
        return EXIT.failed;
      }
      payload = edited.payload;
    }
    return await doEach(letters, {
      verb: { now: "replay", past: "replayed" },
      json: values.json,
      keepGoing: values.keepGoing,
      async act(letter) {
        const id = textOf(letter.id);
        const fromStep = values.fromStep === undefined
          ? undefined
          : await stepOf(client, letter, values.fromStep);
        const job = await client.replayLetter(id, { fromStep, payload }).catch((error) => {
          throw fromStep === undefined ? error : namePayload(error, payload);
        });
        return textOf(job.job_id) || textOf(job.id);
      },
    }, context);
  },
});

/** The number of a step; a name has to be looked up in the letter's own route. */
async function stepOf(client: GatewayClient, letter: JsonObject, step: string): Promise<number> {
  if (/^\d+$/.test(step)) return Number(step);
  const { route } = await client.getLetter(textOf(letter.id));
  const steps = isJsonObject(route) && Array.isArray(route.steps) ? route.steps : [];
  const found = findStep(step, steps.map((name) => textOf(name)));
  // A step that one letter's route has not may be in that of the next.
  if (!found.ok) throw new GatewayError(found.problem, { status: 400 });
  return found.index;
}
