import { freePort, makeTempFolder, type RunningProcess, startProgram } from "../kit/mod.ts";
import { type Act, ActFailure, ScriptedActors } from "./scripted_actors.ts";

/** The tools that the suites call, as far as a job can be what they ask for. */
const TOOLS = `
defaults: { timeout: 120 }
tools:
  - name: test_simple_text
    description: Answers with a sentence
    route: [text]
    wait: always
  - name: test_error_handling
    description: Fails
    route: [failing]
    wait: always
  - name: test_tool_with_progress
    description: Tells how it goes on
    route: [talking]
    wait: always
  - name: test_logging_tool
    description: Tells how it goes on, for clients that asked for no log
    route: [talking]
    wait: always
  - name: test_streaming_elicitation
    description: Tells how it goes on, for clients that could be asked something
    route: [talking]
    wait: always
  - name: test_reconnection
    description: Answers with a sentence
    route: [text]
    wait: always
  - name: json_schema_2020_12_tool
    description: Takes what a schema of the draft 2020-12 describes
    route: [text]
    inputSchema:
      $schema: https://json-schema.org/draft/2020-12/schema
      type: object
      $defs:
        address:
          $anchor: addressDef
          type: object
          properties: { street: { type: string }, city: { type: string } }
      properties:
        name: { type: string }
        address: { $ref: "#/$defs/address" }
        contactMethod: { type: string, enum: [phone, email] }
        phone: { type: string }
        email: { type: string }
      allOf: [{ anyOf: [{ required: [phone] }, { required: [email] }] }]
      if: { properties: { contactMethod: { const: phone } }, required: [contactMethod] }
      then: { required: [phone] }
      else: { required: [email] }
      additionalProperties: false
  - name: test_custom_headers
    description: Takes an argument that is in a header too
    route: [text]
    wait: always
    inputSchema:
      type: object
      properties: { region: { type: string, x-mcp-header: Region } }
  - name: greet
    description: Greets, without ever being a task
    parameters: { name: { type: string, required: true } }
    route: [greeting]
    wait: always
  - name: slow_compute
    description: Takes as long as it is told to
    parameters: { seconds: { type: number, required: true }, label: { type: string } }
    route: [slow]
  - name: failing_job
    description: Fails
    route: [failing]
  - name: protocol_error_job
    description: Fails
    route: [failing]
  - name: confirm_delete
    description: Asks nobody
    parameters: { filename: { type: string } }
    route: [text]
  - name: multi_input
    description: Asks nobody, twice
    route: [text]
  - name: test_trigger_tool_change
    description: Adds a tool to the tools file, or takes it away again
    route: [changing]
    wait: always
`;

const FURTHER_TOOL = `
  - name: further_tool
    description: Is there every other time
    route: [text]
`;

/** A gateway as a process, with actors behind it that do what the suites want of tools. */
export interface TestedGateway extends AsyncDisposable {
  /** Where it serves MCP. */
  readonly mcpUrl: string;
  readonly process: RunningProcess;
}

/** Starts a gateway for the suites, with its queues in a file and its jobs in memory. */
export async function startTestedGateway(): Promise<TestedGateway> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await makeTempFolder());
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const toolsPath = await folder.write("tools.yaml", TOOLS);
  const process = stack.use(
    await startProgram("gateway", {
      cwd: folder.path,
      env: {
        ASYA_GATEWAY_PORT: String(port),
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_CONFIG_PATH: toolsPath,
      },
    }),
  );
  await process.waitForLine("listening");
  stack.use(await ScriptedActors.start(folder.at("queues.db"), url, actsOf(toolsPath, process)));
  const owned = stack.move();
  return {
    mcpUrl: `${url}/mcp`,
    process,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function actsOf(toolsPath: string, gateway: RunningProcess): Readonly<Record<string, Act>> {
  let hasFurther = false;
  return {
    text: () => "This is a simple text response for testing.",
    failing() {
      throw new ActFailure("This tool intentionally returns an error for testing");
    },
    async talking({ tell }) {
      await tell({ message: "half of it is done" });
      return "all of it is done";
    },
    greeting: ({ payload }) => `Hello, ${payload.name}!`,
    async slow({ payload, signal }) {
      await passes(Number(payload.seconds), signal);
      return { label: payload.label ?? "" };
    },
    async changing() {
      hasFurther = !hasFurther;
      await Deno.writeTextFile(toolsPath, hasFurther ? TOOLS + FURTHER_TOOL : TOOLS);
      gateway.signal("SIGHUP");
      return { hasFurther };
    },
  };
}

/** Stands for work of so many seconds. */
function passes(seconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
