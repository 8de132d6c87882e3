import type { Topic } from "./arguments.ts";

const OVERVIEW = `asya runs a mesh of actors on this machine, and calls its tools.

  asya demo [FILE]   start a mesh, call its demo tool, show the result, stop
  asya up [FILE]     start a mesh and keep it running until Ctrl-C
  asya tools         list the tools of a running mesh
  asya call TOOL     call one of them and follow it to its result

FILE describes the mesh; mesh.yaml in this folder when it is left out.
\`asya COMMAND --help\` says more about a command.
`;

const TRANSPORT_HELP = `
WHERE is one of

  sqlite:PATH       a file of this machine; as a rule .asya/queues.db
  amqp://USER@HOST:PORT/VHOST
                    RabbitMQ; amqps://… is RabbitMQ over TLS
  rabbitmq          RabbitMQ, where ASYA_RABBITMQ_URL or ASYA_RABBITMQ_HOST says

Every ASYA_RABBITMQ_… of your environment goes to the programs that talk to RabbitMQ, and to no
handler: _PASSWORD and _USERNAME, which keep a password out of the command line; _CA_FILE,
_CERT_FILE and _KEY_FILE for TLS; _QUEUE_TYPE=quorum; _VHOST and _EXCHANGE. While RabbitMQ is away
it is waited for.
`;

const TOPIC_HELP: Readonly<Record<Topic, string>> = {
  up: `asya up [FILE] [--only NAME,…] [--json] [--transport WHERE]

Starts every process of a mesh: the gateway, and for each actor a runtime, which hosts the handler,
and a sidecar, which carries messages. Each is a process of its own with the permissions it needs
and no others. One that dies is started again. Ctrl-C lets all of them finish what they have in
hand and stops them; a second Ctrl-C ends them at once.

  --only NAME,…     start only these actors (or gateway, happy-end, error-end), for example beside
                    others on another machine; the gateway is then the one that this folder runs,
                    or ASYA_GATEWAY_URL
  --json            print the log as JSON lines, with the process in the field "process"
  --transport WHERE keep messages there instead of where FILE says (see below)

State is kept in .asya beside FILE: queues, jobs, results. What was not done is done at the next
start.
${TRANSPORT_HELP}
  asya up examples/hello/mesh.yaml
`,
  demo: `asya demo [FILE] [--json] [--transport WHERE]

Starts a mesh, calls the tool that FILE names under "demo", shows how far it is, prints its result
and where it is stored, and stops the mesh. The exit code is 0 when the tool succeeded.

  --json            print the finished job as one line of JSON, and nothing else
  --transport WHERE keep messages there instead of where FILE says (see below)
${TRANSPORT_HELP}
  asya demo examples/documents/mesh.yaml
`,
  call: `asya call TOOL [--arg NAME=VALUE …] [--url URL] [--json]

Calls a tool of a running mesh and follows it to its end. The result goes to standard output,
progress to standard error. The exit code is 0 when the tool succeeded.

  --arg NAME=VALUE  one argument; where the tool does not ask for a text, VALUE is read as JSON
  --url URL         the gateway; else ASYA_GATEWAY_URL, else http://127.0.0.1:8080
  --json            print the finished job as one line of JSON

  asya call say_hello --arg name=Ada
  asya call read_document --arg 'pages=["samples/invoice.png"]'
`,
  tools: `asya tools [--url URL] [--json]

Lists the tools of a running mesh with their arguments.

  --url URL         the gateway; else ASYA_GATEWAY_URL, else http://127.0.0.1:8080
  --json            print what the gateway says, as one line of JSON
`,
};

/**
 * What \`asya --help\` prints.
 *
 * @param topic a command, or nothing for all of them
 */
export function helpText(topic?: Topic): string {
  return topic === undefined ? OVERVIEW : TOPIC_HELP[topic];
}
