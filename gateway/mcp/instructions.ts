/** What an agent is told of how to use this server, whatever its tools are. */
export const INSTRUCTIONS = [
  "Each tool starts a job that may take seconds or minutes.",
  "A call that asks for progress (_meta.progressToken) stays open: its first progress message names " +
  "the job, further ones tell how it goes and carry what the job streams, and it ends with the " +
  "job's result.",
  "A call that can be a task (2025-11-25: params.task; 2026-07-28: the extension " +
  "io.modelcontextprotocol/tasks) is answered with a task, whose id is the job's: ask after it with " +
  "tasks/get, stop it with tasks/cancel. It goes on when you disconnect.",
  "Any other call is answered at once with job_id. That is not the result: get it with the tool " +
  'asya_job, {"action":"wait","job_id":…}, and call it again while the job is not Succeeded or ' +
  'Failed; {"action":"cancel"} stops a job.',
  "A tool error that names an argument means that nothing was started: correct it and call again.",
].join("\n");
