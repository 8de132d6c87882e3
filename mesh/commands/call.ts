import { isJsonObject, type JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "./command.ts";
import { followToEnd } from "./follow_to_end.ts";
import { findTool } from "./find_tool.ts";
import { jsonOption, urlOption, watchOption } from "./gateway_options.ts";
import { openGateway } from "./open_gateway.ts";
import { duration, flag, repeated, required, text } from "./option.ts";
import { JSON_INPUT, readInput } from "./read_input.ts";
import { showEnd } from "../client/follow_job.ts";
import { readArguments } from "../client/read_arguments.ts";
import { EXIT } from "../run/run_mesh.ts";
import type { Screen } from "../screen.ts";

/** `asya call`: calls a tool of a running mesh and follows it to its end. */
export const call: Command = defineCommand({
  name: "call",
  summary: "call a tool and follow it to its result",
  about: "Calls a tool of a running mesh and follows it to its end. The result goes to standard " +
    "output, progress to standard error. The exit code is 0 when the tool succeeded. Ctrl-C ends " +
    "the waiting, not the job, and says how to follow or cancel it.",
  positionals: {
    tool: required({ value: "TOOL", doc: "its name; asya tools lists them", completes: "tools" }),
  },
  options: {
    arg: repeated({
      value: "NAME=VALUE",
      doc: "one argument; where the tool does not ask for a text, VALUE is read as JSON",
      allowed: "name=value",
      completes: "arguments",
      parse(text) {
        const at = text.indexOf("=");
        return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)] as const;
      },
    }),
    args: text({
      completes: "files",
      value: "JSON",
      doc: `all arguments as one object: ${JSON_INPUT}; --arg counts more`,
    }),
    watch: watchOption,
    wait: flag({ doc: "print the job's id, and do not wait for its end", isOn: true }),
    timeout: duration({
      value: "TIME",
      doc: "how long to wait for the end at most; the job goes on",
      minMs: 1,
    }),
    idempotencyKey: text({
      value: "KEY",
      doc: "calls with the same key become one job, so that a call can be repeated safely",
    }),
    url: urlOption,
    json: jsonOption(
      "print the finished job as one line of JSON; with --watch, every event as one before it",
    ),
  },
  examples: [
    { line: "asya call say_hello --arg name=Ada", doc: "one argument" },
    {
      line: `asya call read_document --arg 'pages=["samples/invoice.png"]' --watch`,
      doc: "an argument that is a list, and what the handlers say while they work",
    },
    {
      line: "asya call read_document --args @invoice.json --no-wait",
      doc: "arguments from a file; prints the id of the job",
    },
    {
      line: "cat invoice.json | asya call read_document --args - --json",
      doc: "arguments from another program, and the job for the next one",
    },
  ],
  check: ({ arg }) => findTwice(arg.map(([name]) => name)),
  async run(values, context) {
    const { screen } = context;
    const { url, json, watch } = values;
    const input = values.args === undefined
      ? { ok: true as const, value: {} }
      : await readInput(values.args, "--args", context.signals.first);
    if (!input.ok) return refuse(screen, [input.problem]);
    const { value: base } = input;
    if (!isJsonObject(base)) return refuse(screen, ["--args is no object; allowed: JSON like {…}"]);
    const client = await openGateway(url, context);
    const tool = findTool(values.tool, await client.listTools(), client.url);
    if ("problem" in tool) return fail(screen, json, tool.problem);
    const args = readArguments(base as JsonObject, values.arg, tool);
    if (!args.ok) return refuse(screen, args.problems);
    const answer = await client.call(tool.name, args.arguments, values.idempotencyKey);
    if (answer.kind === "refused") return fail(screen, json, answer.reason);
    if (answer.kind === "result") {
      showEnd({ kind: "succeeded", result: answer.result }, screen, json);
      return EXIT.ok;
    }
    const { id } = answer;
    if (!values.wait) {
      screen.out(json ? JSON.stringify({ job_id: id }) : id);
      return EXIT.ok;
    }
    const wish = { isClose: watch, json, timeoutMs: values.timeout, url };
    return await followToEnd(client, id, wish, context);
  },
});

function refuse(screen: Screen, problems: readonly string[]): number {
  for (const problem of problems) screen.err(problem);
  return EXIT.wrongInput;
}

function fail(screen: Screen, json: boolean, reason: string): number {
  showEnd({ kind: "failed", reason }, screen, json);
  return EXIT.failed;
}

function findTwice(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(twice)].map((name) => `--arg ${name}=… is given twice`);
}
