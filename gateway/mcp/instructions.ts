const BEFORE = [
  "Each tool starts a job that may take seconds or minutes.",
  "A call that asks for progress (_meta.progressToken) stays open: its first progress message names " +
  "the job, further ones tell how it goes and carry what the job streams, and it ends with the " +
  "job's result.",
  "A call that can be a task (2025-11-25: params.task; 2026-07-28: the extension " +
  "io.modelcontextprotocol/tasks) is answered with a task, whose id is the job's: ask after it with " +
  "tasks/get, stop it with tasks/cancel. It goes on when you disconnect.",
  "Any other call is answered at once with job_id. That is not the result.",
];

const BY_TOOL =
  'Get it with the tool asya_job, {"action":"wait","job_id":…}, and call that again ' +
  'while the job is not Succeeded or Failed; {"action":"cancel"} stops a job.';

const BY_URL = "Get it from status_url, and look there again while the job is not Succeeded or " +
  "Failed; stream_url tells of each change.";

const AFTER =
  "A tool error that names an argument means that nothing was started: correct it and " +
  "call again.";

/**
 * What an agent is told of how to use this server, whatever its tools are.
 *
 * @param hasJobTool whether there is the tool by which jobs are followed
 */
export function describeUse(hasJobTool: boolean): string {
  return [...BEFORE, hasJobTool ? BY_TOOL : BY_URL, AFTER].join("\n");
}
