import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE, fileArgument, transportOption, transportTopic } from "./mesh_options.ts";
import { names } from "./option.ts";
import { describeMesh } from "../plan/describe_mesh.ts";
import { EXIT, withMesh } from "../run/run_mesh.ts";

/** `asya up`: starts a mesh and keeps it until a signal. */
export const up: Command = defineCommand({
  name: "up",
  summary: "start a mesh and keep it running until Ctrl-C",
  about:
    "Starts every process of a mesh: the gateway, and for each actor a runtime, which hosts the " +
    "handler, and a sidecar, which carries messages. Each is a process of its own with the " +
    "permissions it needs and no others. One that dies is started again. Ctrl-C lets all of them " +
    "finish what they have in hand and stops them; a second Ctrl-C ends them at once.",
  positionals: { file: fileArgument },
  options: {
    only: names({
      value: "NAME,…",
      doc:
        "start only these actors (or gateway, happy-end, error-end), for example beside others " +
        "on another machine; the gateway is then the one that this folder runs, or ASYA_GATEWAY_URL",
      completes: "actors",
    }),
    json: jsonOption(`print the log as JSON lines, with the process in the field "process"`),
    transport: transportOption,
  },
  notes:
    `State is kept in .asya beside FILE: queues, jobs, results. What was not done is done at the
next start.`,
  topics: [transportTopic],
  examples: [
    { line: "asya up", doc: "the mesh of this folder" },
    { line: "asya up examples/hello/mesh.yaml --only hello,happy-end", doc: "two parts of a mesh" },
    {
      line: "asya up --transport rabbitmq",
      doc: "messages on the RabbitMQ that the environment names",
    },
  ],
  async run({ file = DEFAULT_FILE, only, json, transport }, { screen, signals, config }) {
    return await withMesh({
      file,
      only,
      ...(transport !== undefined && { transportUrl: transport }),
      screen,
      signals,
      logLevel: config.logLevel,
      log: (line) => screen.out(line),
      format: json ? "json" : "pretty",
      colour: screen.colourOut,
    }, async (mesh, signal) => {
      const isWhole = mesh.plan.processes.some(({ unit }) => unit === "gateway");
      for (const line of describeMesh(mesh, { json, isWhole })) screen.out(line);
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (!signal.aborted) await ended;
      return EXIT.ok;
    });
  },
});
