import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "../command.ts";
import { followToEnd } from "../follow_to_end.ts";
import { jsonOption, urlOption, watchOption } from "../gateway_options.ts";
import { namePayload } from "../name_payload.ts";
import { openMeantGateway } from "../open_gateway.ts";
import { text } from "../option.ts";
import { JSON_INPUT, readInput } from "../read_input.ts";
import { jobArgument } from "./job_argument.ts";
import { findJob } from "../../client/find_job.ts";
import { findStep } from "../../client/find_step.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";

/** `asya jobs retry`: does a job again. */
export const jobsRetry: Command = defineCommand({
  name: "jobs retry",
  summary: "do a job again, from any of its steps",
  about:
    "Makes a new job of an old one, and prints its id: with what the old one was called with, " +
    "or with another payload; from the first step, or from another one. The old job stays as it is.",
  positionals: { id: jobArgument },
  options: {
    fromStep: text({
      value: "STEP",
      doc: "the step to begin with: its name, or its number from 0 on (0)",
    }),
    payload: text({
      value: "JSON",
      doc: `what that step gets: ${JSON_INPUT}; may only be left out from step 0 on`,
    }),
    watch: watchOption,
    url: urlOption,
    json: jsonOption("print the new job as a line of JSON; with --watch, every event as one"),
  },
  examples: [
    { line: "asya jobs retry 7d1f6a52", doc: "all of it once more" },
    {
      line: "asya jobs retry 7d1f6a52 --from-step classify --payload @record.json --watch",
      doc: "from a step on, with a payload of its own, and followed to its end",
    },
  ],
  async run({ id, fromStep, payload: given, watch, url, json }, context) {
    const { screen } = context;
    const input = given === undefined
      ? undefined
      : await readInput(given, "--payload", context.signals.first);
    if (input?.ok === false) {
      screen.err(input.problem);
      return EXIT.wrongInput;
    }
    const client = await openMeantGateway(url, context);
    if (!client) return EXIT.wrongInput;
    const job = await findJob(client, id);
    const step = fromStep === undefined ? undefined : findStep(fromStep, stepsOf(job));
    if (step?.ok === false) {
      screen.err(step.problem);
      return EXIT.wrongInput;
    }
    const wish = { fromStep: step?.index, payload: input?.value };
    const made = await client.retryJob(textOf(job.id), wish).catch((error) => {
      throw namePayload(error, input?.value);
    });
    const newId = textOf(made.id);
    if (watch) return await followToEnd(client, newId, { isClose: true, json, url }, context);
    screen.out(json ? JSON.stringify(made) : newId);
    return EXIT.ok;
  },
});

/** The names of a job's steps. */
function stepsOf(job: JsonObject): string[] {
  const steps: Json | undefined = isJsonObject(job.route) ? job.route.steps : [];
  return Array.isArray(steps) ? steps.map((step) => textOf(step)) : [];
}
