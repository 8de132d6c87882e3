import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { openGateway } from "../open_gateway.ts";
import { jobArgument } from "./job_argument.ts";
import { findJob } from "../../client/find_job.ts";
import { readHistory } from "../../client/read_history.ts";
import { stepHistory } from "../../client/step_history.ts";
import { EXIT } from "../../run/run_mesh.ts";
import { describeJob } from "../../show/describe_job.ts";

/** `asya jobs get`: shows one job. */
export const jobsGet: Command = defineCommand({
  name: "jobs get",
  summary: "show one job: its steps, what it got, what came of it",
  about: "Shows one job: where it stands, how long each of its steps waited and worked, what it " +
    "was called with, and its result or why it failed.",
  positionals: { id: jobArgument },
  options: {
    url: urlOption,
    json: jsonOption("print the job as the gateway shows it, with its steps as step_history"),
  },
  examples: [
    { line: "asya jobs get 7d1f6a52", doc: "a job whose id begins so" },
    { line: "asya jobs get 7d1f6a52 --json | jq .result", doc: "its result alone" },
  ],
  async run({ id, url, json }, context) {
    const { screen, signals } = context;
    const client = await openGateway(url, context);
    const job = await findJob(client, id);
    const updates = await readHistory(client, job, signals.first);
    const now = new Date();
    const steps = stepHistory(job, updates, now.getTime());
    if (json) {
      const history = steps.map((
        { name, state, waitedMs, workedMs, branches, failedBranches },
      ) => ({
        step: name,
        state,
        ...(waitedMs !== undefined && { waited_ms: waitedMs }),
        ...(workedMs !== undefined && { worked_ms: workedMs }),
        ...(branches !== undefined && { branches }),
        ...(failedBranches && { failed_branches: failedBranches.map((one) => ({ ...one })) }),
      }));
      screen.out(JSON.stringify({ ...job, step_history: history }));
    } else {
      const style = { columns: screen.columnsOut(), colour: screen.colourOut };
      for (const line of describeJob(job, steps, style, now)) screen.out(line);
    }
    return EXIT.ok;
  },
});
