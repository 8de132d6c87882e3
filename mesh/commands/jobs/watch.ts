import { type Command, defineCommand } from "../command.ts";
import { followToEnd } from "../follow_to_end.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { openGateway } from "../open_gateway.ts";
import { duration } from "../option.ts";
import { jobArgument } from "./job_argument.ts";
import { findJob } from "../../client/find_job.ts";
import { textOf } from "../../client/job_event.ts";

/** `asya jobs watch`: follows a job to its end. */
export const jobsWatch: Command = defineCommand({
  name: "jobs watch",
  summary: "follow a job to its end",
  about:
    "Follows a job to its end, from its begin on: every event, and what handlers stream. The " +
    "result goes to standard output. Ctrl-C ends the watching, not the job.",
  positionals: { id: jobArgument },
  options: {
    timeout: duration({ value: "TIME", doc: "how long to watch at most", minMs: 1 }),
    url: urlOption,
    json: jsonOption("print every event as a line of JSON; the last one has the finished job"),
  },
  examples: [{ line: "asya jobs watch 7d1f6a52", doc: "until it has succeeded or failed" }],
  async run({ id, timeout, url, json }, context) {
    const client = await openGateway(url, context);
    const job = await findJob(client, id);
    const wish = { isClose: true, json, timeoutMs: timeout, url };
    return await followToEnd(client, textOf(job.id), wish, context);
  },
});
