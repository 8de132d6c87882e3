import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE, fileArgument, transportOption, transportTopic } from "./mesh_options.ts";
import { describeMesh } from "../plan/describe_mesh.ts";
import { Development } from "../run/development.ts";
import { EXIT, withMesh } from "../run/run_mesh.ts";

/** `asya dev`: keeps a mesh running, and takes what is saved. */
export const dev: Command = defineCommand({
  name: "dev",
  summary: "as up, and take each change of a handler at once",
  about: "Starts a mesh as `asya up` does, and watches the files of its handlers, with all that " +
    "they import, and FILE. When one is saved, only the actors that it belongs to are reloaded: " +
    "they finish what they have in hand, and their messages wait meanwhile. A handler that cannot " +
    "begin is shown with the place of its error, and its messages wait until it is put right.",
  positionals: { file: fileArgument },
  options: {
    json: jsonOption(`print the log as JSON lines, with the process in the field "process"`),
    transport: transportOption,
  },
  notes: `When FILE is saved, what it changes is restarted, begun or ended: actors and tools. Only
another transport or another port of the gateway needs a start of asya dev. A file
that a handler reads while it runs is none of its modules, and is not watched.`,
  topics: [transportTopic],
  examples: [
    { line: "asya dev", doc: "the mesh of this folder" },
    { line: "asya dev examples/hello/mesh.yaml --json", doc: "a log for programs" },
  ],
  async run({ file = DEFAULT_FILE, json, transport }, { screen, signals, config }) {
    const prepare = {
      file,
      ...(transport !== undefined && { transportUrl: transport }),
      logLevel: config.logLevel,
    };
    const development = new Development(prepare);
    return await withMesh({
      ...prepare,
      screen,
      signals,
      log: (line) => screen.out(line),
      format: json ? "json" : "pretty",
      colour: screen.colourOut,
      keepsBroken: true,
      onEvent: (event) => development.hear(event),
    }, async (mesh, signal) => {
      for (const line of describeMesh(mesh, { json, isWhole: true })) screen.out(line);
      if (!json) screen.err(`watching ${file} and the files of its handlers`);
      await development.run(mesh, signal);
      return EXIT.ok;
    });
  },
});
