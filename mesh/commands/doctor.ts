import { type Command, defineCommand } from "./command.ts";
import { jsonOption } from "./gateway_options.ts";
import { DEFAULT_FILE, fileArgument, transportOption, transportTopic } from "./mesh_options.ts";
import manifest from "../deno.json" with { type: "json" };
import { describeFindings, isBroken } from "../doctor/describe_findings.ts";
import { examine } from "../doctor/examine.ts";
import { isThere } from "../doctor/is_there.ts";
import { EXIT } from "../run/run_mesh.ts";

/** `asya doctor`: finds what keeps a mesh from working. */
export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "find what keeps a mesh from working, and say what to do",
  about: "Looks at all that a mesh stands on: its file, its handlers with their permissions, the " +
    "settings of its programs, the broker and its queues, the gateway, the database, the place " +
    "for results, this machine. Each finding says what is wrong, why it matters and what to do. " +
    "Nothing is declared, taken or started for good; no check takes longer than 5 seconds.",
  positionals: { file: fileArgument },
  options: {
    json: jsonOption("print all findings as one line of JSON"),
    transport: transportOption,
  },
  notes:
    `Where FILE is left out and there is no ${DEFAULT_FILE}, the ASYA_… variables of the environment
are looked at, as a program in a container would.

What a queue is made with and whether the broker is short of memory or disk is known to its
management interface alone: ASYA_RABBITMQ_MANAGEMENT_URL, or port 15672 of the same host, with
the user who sends messages. A gateway that wants a token gets ASYA_API_TOKEN.

The exit code is 1 when something is broken, and 0 when there are only warnings.`,
  topics: [transportTopic],
  examples: [
    { line: "asya doctor", doc: "the mesh of this folder" },
    { line: "asya doctor --transport rabbitmq", doc: "the same, on RabbitMQ" },
    { line: "asya doctor --json | jq '.findings[] | select(.level == \"broken\")'", doc: "for CI" },
  ],
  async run({ file, json, transport }, { screen, config, env }) {
    const found = file ?? (await isThere(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
    const { gatewayUrl, apiToken, managementUrl } = config;
    const findings = await examine({
      ...(found !== undefined && { file: found }),
      ...(transport !== undefined && { transportUrl: transport }),
      ...(gatewayUrl !== undefined && { gatewayUrl }),
      ...(apiToken !== undefined && { token: apiToken }),
      ...(managementUrl !== undefined && { managementUrl }),
      env,
      version: manifest.version,
    });
    const broken = isBroken(findings);
    if (json) screen.out(JSON.stringify({ ok: !broken, findings }));
    else for (const line of describeFindings(findings, screen.colourOut)) screen.out(line);
    return broken ? EXIT.failed : EXIT.ok;
  },
});
