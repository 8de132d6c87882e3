import type { Json, JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE, fileArgument, transportOption, transportTopic } from "./mesh_options.ts";
import { callAndFollow, showEnd } from "../client/follow_job.ts";
import { GatewayClient } from "../client/gateway_client.ts";
import { watchForPerson, watchSilently } from "../client/job_watcher.ts";
import { EXIT, withMesh } from "../run/run_mesh.ts";

/** Log lines that are kept to be shown when the demo fails. */
const KEPT_LINES = 40;

/** `asya demo`: starts a mesh, calls the tool its file names, shows the result, and stops it. */
export const demo: Command = defineCommand({
  name: "demo",
  summary: "start a mesh, call its demo tool, show the result, stop",
  about:
    'Starts a mesh, calls the tool that FILE names under "demo", shows how far it is, prints its ' +
    "result and where it is stored, and stops the mesh. The exit code is 0 when the tool succeeded.",
  positionals: { file: fileArgument },
  options: {
    json: jsonOption("print the finished job as one line of JSON, and nothing else"),
    transport: transportOption,
  },
  topics: [transportTopic],
  examples: [{
    line: "asya demo examples/documents/mesh.yaml",
    doc: "a scanned page becomes a record",
  }],
  async run({ file = DEFAULT_FILE, json, transport }, { screen, signals, config }) {
    const kept: string[] = [];
    const tell = (line: string) => {
      if (!json) screen.err(line);
    };
    tell(`starting ${file}`);
    let hasFailed = false;
    const code = await withMesh({
      file,
      ...(transport !== undefined && { transportUrl: transport }),
      screen,
      signals,
      // What goes well is not worth a line here; what does not is shown when the demo fails.
      logLevel: "WARN",
      log: (line) => {
        kept.push(line);
        if (kept.length > KEPT_LINES) kept.shift();
      },
      format: "pretty",
      colour: screen.colourErr,
    }, async ({ mesh, plan, tookMs }, signal) => {
      if (!mesh.demo) {
        screen.err(`${file} has no demo; add demo: { tool: NAME, arguments: { … } }`);
        return EXIT.wrongInput;
      }
      const { tool } = mesh.demo;
      const args = mesh.demo.arguments as JsonObject;
      tell(`${plan.processes.length} processes are ready after ${(tookMs / 1000).toFixed(1)} s`);
      tell(`calling ${tool} ${shorten(args)}`);
      const client = new GatewayClient({ url: plan.gatewayUrl, token: config.apiToken });
      const call = { tool, arguments: args };
      const watcher = json ? watchSilently() : watchForPerson(screen, false);
      const end = await callAndFollow(client, call, watcher, signal);
      if (end.kind === "left") return EXIT.interrupted; // and the mesh stops, with its job kept
      showEnd(end, screen, json);
      hasFailed = end.kind === "failed";
      return hasFailed ? EXIT.failed : EXIT.ok;
    });
    // By now every process has said all it had to say.
    if (hasFailed) { for (const line of kept) screen.err(line); }
    return code;
  },
});

function shorten(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
