import { permissionFlags } from "@asya/program";
import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { required } from "./option.ts";
import { EXIT } from "../run/run_mesh.ts";
import { readToolkit } from "../run/read_toolkit.ts";

/** Whose permissions are known. */
const PROGRAMS = ["gateway", "sidecar", "runtime", "actors", "operator"] as const;

/** `asya permissions`: the flags of `deno run` for a program in this environment. */
export const permissions: Command = defineCommand({
  name: "permissions",
  summary: "print the flags of deno run for a program in this environment",
  about:
    "Prints the exact flags that a program needs with the ASYA_… variables of the environment " +
    "as they are: what it may read, write, connect to, and which variables it may see. Nothing " +
    "else is granted. Those of actors are what stands behind a runtime that hosts them.",
  positionals: {
    program: required({
      value: "PROGRAM",
      doc: "gateway, sidecar, runtime, operator, or actors (happy-end, error-end and joins)",
      completes: PROGRAMS,
    }),
  },
  options: { json: jsonOption("print the flags as a list of JSON in one line") },
  notes:
    `Words are quoted as a shell reads them, which eval does. What make build has made starts by

  eval "deno run $(asya permissions gateway) dist/gateway/main.js"

Paths start in this folder. A program that may write a file may not make the folder that
it is in: without ASYA_SQLITE_PATH, make the folder .asya first.`,
  examples: [
    {
      line: "ASYA_QUEUE_NAME=ocr ASYA_RABBITMQ_URL=amqp://mq asya permissions sidecar",
      doc: "a sidecar's, on RabbitMQ",
    },
    { line: "asya permissions gateway --json", doc: "for a program that starts one" },
  ],
  check: ({ program }) =>
    PROGRAMS.some((known) => known === program)
      ? []
      : [`PROGRAM is ${JSON.stringify(program)}; allowed: ${PROGRAMS.join(", ")}`],
  run({ program, json }, { screen, env }) {
    const { permissions, folder } = readToolkit();
    const name = PROGRAMS.find((known) => known === program);
    if (name === undefined) return EXIT.wrongInput;
    const all = permissionFlags(permissions[name], env, folder);
    const flags = name === "actors" ? all.filter((flag) => flag.startsWith("--allow-")) : all;
    screen.out(json ? JSON.stringify(flags) : flags.map(quote).join(" "));
    return EXIT.ok;
  },
});

/** A word as a shell takes it. */
function quote(text: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
