import { call } from "./call.ts";
import type { CommandTable } from "./command.ts";
import { demo } from "./demo.ts";
import { help } from "./help_command.ts";
import { init } from "./init.ts";
import { tools } from "./tools.ts";
import { up } from "./up.ts";

/** Everything that `asya` can do, in the order in which help lists it. */
export const table: CommandTable = {
  commands: [
    up,
    demo,
    init,
    tools,
    call,
    help,
  ],
  groups: [],
};
