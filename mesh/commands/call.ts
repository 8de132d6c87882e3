import { nearestName } from "@asya/program";
import { type Command, defineCommand } from "./command.ts";
import { jsonOption, urlOption } from "./gateway_options.ts";
import { repeated, required } from "./option.ts";
import { callAndFollow, type CallEnd, readArguments, showEnd } from "../client/follow_job.ts";
import { GatewayClient } from "../client/gateway_client.ts";
import { EXIT } from "../run/run_mesh.ts";

const EXIT_OF: Readonly<Record<CallEnd["kind"], number>> = {
  succeeded: EXIT.ok,
  failed: EXIT.failed,
  left: EXIT.interrupted,
};

/** `asya call`: calls a tool of a running mesh and follows it to its end. */
export const call: Command = defineCommand({
  name: "call",
  summary: "call a tool and follow it to its result",
  about: "Calls a tool of a running mesh and follows it to its end. The result goes to standard " +
    "output, progress to standard error. The exit code is 0 when the tool succeeded.",
  positionals: {
    tool: required({ value: "TOOL", doc: "its name; asya tools lists them", completes: "tools" }),
  },
  options: {
    arg: repeated({
      value: "NAME=VALUE",
      doc: "one argument; where the tool does not ask for a text, VALUE is read as JSON",
      allowed: "name=value",
      parse(text) {
        const at = text.indexOf("=");
        return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)] as const;
      },
    }),
    url: urlOption,
    json: jsonOption("print the finished job as one line of JSON"),
  },
  examples: [
    { line: "asya call say_hello --arg name=Ada", doc: "one argument" },
    {
      line: "asya call read_document --arg 'pages=[\"samples/invoice.png\"]'",
      doc: "an argument that is a list",
    },
  ],
  check: ({ arg }) => findTwice(arg.map(([name]) => name)),
  async run({ tool: name, arg, url, json }, { screen, signals, config }) {
    const address = url ?? config.gatewayUrl;
    const client = new GatewayClient(address);
    const tools = await client.listTools();
    const tool = tools.find((tool) => tool.name === name);
    if (!tool) {
      const names = tools.map(({ name }) => name);
      const nearest = nearestName(name, names);
      const hint = nearest === undefined
        ? `allowed: ${names.join(", ")}`
        : `did you mean ${nearest}?`;
      const reason = `there is no tool ${JSON.stringify(name)} at ${address}; ${hint}`;
      showEnd({ kind: "failed", reason }, screen, json);
      return EXIT.failed;
    }
    const args = { tool: name, arguments: readArguments(arg, tool) };
    const end = await callAndFollow(client, args, json ? undefined : screen, signals.first);
    showEnd(end, screen, json);
    return EXIT_OF[end.kind];
  },
});

function findTwice(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(twice)].map((name) => `--arg ${name}=… is given twice`);
}
