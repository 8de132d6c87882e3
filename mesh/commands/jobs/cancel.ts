import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { openMeantGateway } from "../open_gateway.ts";
import { many } from "../option.ts";
import { findJob } from "../../client/find_job.ts";
import { GatewayError } from "../../client/gateway_error.ts";
import { isOver, textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";

/** `asya jobs cancel`: ends jobs. */
export const jobsCancel: Command = defineCommand({
  name: "jobs cancel",
  summary: "end jobs before their time",
  about:
    "Ends jobs. What a handler has in hand is stopped; at most one further step of each branch " +
    "may still run. A job that is over stays as it is.",
  positionals: {
    ids: many({
      value: "ID",
      doc: "a job's id, or the letters it begins with",
      least: 1,
      completes: "jobs",
    }),
  },
  options: { url: urlOption, json: jsonOption("print each job as a line of JSON") },
  examples: [
    { line: "asya jobs cancel 7d1f6a52", doc: "one job" },
    { line: "asya jobs cancel 7d1f6a52 0b77aa11", doc: "two of them" },
  ],
  async run({ ids, url, json }, context) {
    const { screen } = context;
    const client = await openMeantGateway(url, context);
    if (!client) return EXIT.wrongInput;
    let code: number = EXIT.ok;
    for (const id of ids) {
      try {
        const before = await findJob(client, id);
        const name = textOf(before.id);
        const job = isOver(before) ? before : await client.cancelJob(name);
        if (json) screen.out(JSON.stringify(job));
        else if (isOver(before)) screen.err(`job ${name} was over: ${textOf(before.status)}`);
        else screen.out(`cancelled ${name}`);
      } catch (error) {
        // The others are asked for all the same.
        if (!(error instanceof GatewayError) || error.status === 401) throw error;
        screen.err(error.message);
        code = EXIT.failed;
      }
    }
    return code;
  },
});
