import { call } from "./call.ts";
import type { CommandTable } from "./command.ts";
import { dlqLs } from "./dlq/ls.ts";
import { dlqPurge } from "./dlq/purge.ts";
import { dlqReplay } from "./dlq/replay.ts";
import { dlqShow } from "./dlq/show.ts";
import { jobsCancel } from "./jobs/cancel.ts";
import { jobsGet } from "./jobs/get.ts";
import { jobsLs } from "./jobs/ls.ts";
import { jobsRetry } from "./jobs/retry.ts";
import { jobsWatch } from "./jobs/watch.ts";
import { complete } from "./complete.ts";
import { completions } from "./completions.ts";
import { demo } from "./demo.ts";
import { dev } from "./dev.ts";
import { doctor } from "./doctor.ts";
import { exportCommand } from "./export.ts";
import { help } from "./help_command.ts";
import { init } from "./init.ts";
import { logs } from "./logs.ts";
import { permissions } from "./permissions.ts";
import { tools } from "./tools.ts";
import { up } from "./up.ts";

/** Everything that `asya` can do, in the order in which help lists it. */
export const table: CommandTable = {
  commands: [
    up,
    demo,
    dev,
    init,
    doctor,
    tools,
    call,
    jobsLs,
    jobsGet,
    jobsWatch,
    jobsCancel,
    jobsRetry,
    dlqLs,
    dlqShow,
    dlqReplay,
    dlqPurge,
    logs,
    exportCommand,
    permissions,
    completions,
    complete,
    help,
  ],
  groups: [
    {
      name: "jobs",
      summary: "list, show, follow, cancel and repeat jobs",
      about: "A call of a tool makes a job. These commands look after jobs of a running mesh.",
    },
    {
      name: "dlq",
      summary: "list, show, replay and remove dead letters",
      about:
        "Work that was given up becomes a dead letter, which keeps all that it takes to do it " +
        "again. With a gateway that asks for tokens, these commands take one with jobs:admin.",
    },
  ],
};
