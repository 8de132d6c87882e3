import assert from "node:assert/strict";
import { parseMeshFile } from "../file/mesh_file.ts";
import { bucketEnv } from "./plan_results.ts";
import { countPorts, type MeshPlace, planMesh, socketNames } from "./plan.ts";
import { planAccess } from "./plan_access.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

const place: MeshPlace = {
  toolkit: { folder: "/asya" },
  folder: "/home/ada/mesh",
  socketFolder: "/home/ada/mesh/.asya/run",
  gatewayPort: 8080,
  ports: [20_001, 20_002, 20_003, 20_004],
  permissions: {
    gateway: { env: ["ASYA_*"], net: ["{ASYA_GATEWAY_HOST}:{ASYA_GATEWAY_PORT}"] },
    sidecar: {
      env: ["ASYA_*"],
      net: ["{ASYA_METRICS_ADDR}", "{ASYA_GATEWAY_URL}", "unix:{ASYA_SOCKET_PATH}"],
      read: ["{ASYA_SQLITE_PATH}", "{ASYA_SOCKET_PATH}"],
    },
    runtime: { env: ["ASYA_*"], write: ["{ASYA_SOCKET_PATH}"], run: ["deno"] },
    actors: {
      env: ["ASYA_*"],
      net: ["{ASYA_GATEWAY_URL}", "{ASYA_DATABASE_URL}"],
      read: ["{ASYA_RESULTS_DIR}", "{ASYA_DATABASE_URL}"],
      write: ["{ASYA_RESULTS_DIR}", "{ASYA_DATABASE_URL}"],
    },
  },
  env: { PATH: "/bin" },
  npmFolders: { ocr: { core: "/cache/core/1.0.0" } },
  logLevel: "INFO",
};

function planOf(text: string, changes: Partial<MeshPlace> = {}) {
  const parsed = parseMeshFile(text);
  assert(parsed.ok, "the file is fine");
  const plan = planMesh(parsed.mesh, { ...place, ...changes });
  return { mesh: parsed.mesh, plan, process: (name: string) => byName(plan.processes, name) };
}

function byName<T extends { name: string }>(processes: readonly T[], name: string): T {
  const found = processes.find((process) => process.name === name);
  assert(found, `${name} is one of ${processes.map((process) => process.name).join(", ")}`);
  return found;
}

const hello = `
name: hello
actors:
  - { name: hello, handler: ./hello.ts }
tools:
  - { name: say_hello, route: [hello] }
`;

Deno.test("[M1] a mesh is a gateway, and for each actor a runtime and a sidecar", pure, () => {
  const { plan } = planOf(hello);
  assert.deepEqual(plan.processes.map(({ name, unit, program }) => [name, unit, program]), [
    ["gateway", "gateway", "gateway"],
    ["hello.runtime", "hello", "runtime"],
    ["hello.sidecar", "hello", "sidecar"],
    ["happy-end.runtime", "happy-end", "runtime"],
    ["happy-end.sidecar", "happy-end", "sidecar"],
    ["error-end.runtime", "error-end", "runtime"],
    ["error-end.sidecar", "error-end", "sidecar"],
  ]);
  assert.equal(plan.gatewayUrl, "http://127.0.0.1:8080");
  assert.deepEqual(plan.folders, [
    "/home/ada/mesh/.asya",
    "/home/ada/mesh/.asya/joins",
    "/home/ada/mesh/.asya/results",
    "/home/ada/mesh/.asya/run",
  ]);
  assert.equal(plan.socketFolder, "/home/ada/mesh/.asya/run");
  assert.deepEqual(Object.keys(plan.files), ["/home/ada/mesh/.asya/tools.yaml"]);
});

const common = { PATH: "/bin", ASYA_LOG_FORMAT: "json", ASYA_LOG_LEVEL: "INFO" };
const sqlite = {
  ASYA_TRANSPORT: "sqlite",
  ASYA_SQLITE_PATH: "/home/ada/mesh/.asya/queues.db",
};

Deno.test("[C8] each process has its own environment and flags, and no other", pure, () => {
  const { process } = planOf(hello);
  const socket = "/home/ada/mesh/.asya/run/hello.sock";
  assert.deepEqual(process("gateway"), {
    name: "gateway",
    unit: "gateway",
    program: "gateway",
    cwd: "/home/ada/mesh",
    env: {
      ...common,
      ...sqlite,
      ASYA_GATEWAY_HOST: "127.0.0.1",
      ASYA_GATEWAY_PORT: "8080",
      ASYA_DATABASE_URL: "sqlite:/home/ada/mesh/.asya/jobs.db",
      ASYA_CONFIG_PATH: "/home/ada/mesh/.asya/tools.yaml",
    },
    readyUrl: "http://127.0.0.1:8080/readyz",
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--ignore-env",
      "--allow-env=ASYA_*",
      "--allow-net=127.0.0.1:8080",
      "/asya/gateway/main.ts",
    ],
  });
  assert.deepEqual(process("hello.runtime"), {
    name: "hello.runtime",
    unit: "hello",
    program: "runtime",
    cwd: "/home/ada/mesh",
    env: {
      ...common,
      ASYA_HANDLER: "./hello.ts",
      ASYA_SOCKET_PATH: socket,
      ASYA_CONCURRENCY: "1",
      ASYA_RUNTIME_TIMEOUT: "5m",
    },
    socket,
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--ignore-env",
      "--allow-env=ASYA_*",
      `--allow-write=${socket}`,
      "--allow-run=deno",
      "/asya/runtime/main.ts",
    ],
  });
  assert.deepEqual(process("hello.sidecar"), {
    name: "hello.sidecar",
    unit: "hello",
    program: "sidecar",
    cwd: "/home/ada/mesh",
    env: {
      ...common,
      ...sqlite,
      ASYA_GATEWAY_URL: "http://127.0.0.1:8080",
      ASYA_QUEUE_NAME: "hello",
      ASYA_ACTOR_NAME: "hello",
      ASYA_SOCKET_PATH: socket,
      ASYA_RABBITMQ_PREFETCH: "1",
      ASYA_RUNTIME_TIMEOUT: "5m",
      ASYA_METRICS_ADDR: "127.0.0.1:20001",
    },
    readyUrl: "http://127.0.0.1:20001/readyz",
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--ignore-env",
      "--allow-env=ASYA_*",
      `--allow-net=127.0.0.1:20001,127.0.0.1:8080,unix:${socket}`,
      `--allow-read=/home/ada/mesh/.asya/queues.db,${socket}`,
      "/asya/sidecar/main.ts",
    ],
  });
});

Deno.test("[C8] a handler has the permissions of its actor, and no other", pure, () => {
  const { process } = planOf(`
name: m
actors:
  - name: ocr
    handler: ./ocr.ts#Ocr.handle
    permissions: { read: [./samples, "npm:core"], net: [a.com, b.com:443], env: [], import: [x.com] }
    concurrency: 4
    prefetch: 9
    timeout: 90s
    env: { LANGUAGE: eng }
tools: [{ name: t, route: [ocr] }]
`);
  const { args, env } = process("ocr.runtime");
  assert.deepEqual(args.slice(args.indexOf("/asya/runtime/main.ts") + 1), [
    "--allow-net=a.com,b.com:443",
    "--allow-read=./samples,/cache/core/1.0.0",
    "--allow-import=x.com",
  ]);
  assert.equal(env.LANGUAGE, "eng");
  assert.equal(env.ASYA_CONCURRENCY, "4");
  assert.equal(env.ASYA_RUNTIME_TIMEOUT, "1m30s");
  const sidecar = process("ocr.sidecar").env;
  assert.equal(sidecar.ASYA_RABBITMQ_PREFETCH, "9");
  assert.equal(sidecar.ASYA_RUNTIME_TIMEOUT, "1m30s");
  assert.equal(sidecar.LANGUAGE, undefined);
});

Deno.test("[K1] an actor's metrics are declared to its sidecar", pure, () => {
  const { process } = planOf(`
name: reading
actors:
  - { name: ocr, handler: ./ocr.ts, metrics: { pages_total: { type: counter, labels: [kind] } } }
  - { name: sort, handler: ./sort.ts }
tools: [{ name: t, route: [ocr, sort] }]
`);
  const declared = '[{"name":"pages_total","type":"counter","labels":["kind"]}]';
  assert.equal(process("ocr.sidecar").env.ASYA_CUSTOM_METRICS, declared);
  assert.equal(process("ocr.runtime").env.ASYA_CUSTOM_METRICS, undefined);
  assert.equal(process("sort.sidecar").env.ASYA_CUSTOM_METRICS, undefined);
});

Deno.test(
  "[W9] where messages may go, and how far, is told to the sidecars of actors",
  pure,
  () => {
    const { process } = planOf(`
name: agents
actors:
  - { name: ask, handler: ./ask.ts }
  - { name: judge, handler: ./judge.ts, allowedSteps: [ask] }
tools: [{ name: t, route: [ask, judge] }]
allowedSteps: [ask, judge]
maxHops: 12
`);
    assert.equal(process("ask.sidecar").env.ASYA_ALLOWED_STEPS, "ask,judge");
    assert.equal(process("judge.sidecar").env.ASYA_ALLOWED_STEPS, "ask");
    assert.equal(process("happy-end.sidecar").env.ASYA_ALLOWED_STEPS, undefined);
    assert.equal(process("judge.sidecar").env.ASYA_MAX_HOPS, "12");
  },
);

Deno.test("terminal actors store, report, and have no broker", pure, () => {
  const { process } = planOf(hello);
  const { args, env, cwd } = process("happy-end.runtime");
  assert.equal(cwd, "/asya/actors");
  assert.equal(env.ASYA_HANDLER, "./happy_end.ts#HappyEnd.handle");
  assert.equal(env.ASYA_IS_TERMINAL, "true");
  assert.equal(env.ASYA_RESULTS_DIR, "/home/ada/mesh/.asya/results");
  assert.equal(env.ASYA_GATEWAY_URL, "http://127.0.0.1:8080");
  assert.equal(env.ASYA_SQLITE_PATH, undefined);
  assert.deepEqual(args.slice(-4), [
    "--allow-env=ASYA_*",
    "--allow-net=127.0.0.1:8080",
    "--allow-read=/home/ada/mesh/.asya/results",
    "--allow-write=/home/ada/mesh/.asya/results",
  ]);
  assert.equal(process("happy-end.sidecar").env.ASYA_IS_TERMINAL, "true");
  assert.equal(process("error-end.runtime").env.ASYA_HANDLER, "./error_end.ts#ErrorEnd.handle");
});

Deno.test("[C8] [D22] outcomes go to a bucket, with what leads there and nothing else", async () => {
  const actors = JSON.parse(
    await Deno.readTextFile(new URL("../../actors/permissions.json", import.meta.url)),
  );
  const planWith = (caller: Record<string, string>) =>
    planOf(`${hello}results: s3://papers/team/\n`, {
      permissions: { ...place.permissions, actors },
      env: { PATH: "/bin", HOME: "/home/ada" },
      bucketEnv: bucketEnv(caller),
    });
  const { process, plan } = planWith({
    ASYA_S3_ENDPOINT: "http://minio:9000",
    ASYA_S3_ACCESS_KEY: "me",
    ASYA_S3_SECRET_KEY: "hunter22",
    ASYA_S3_BUCKET: "another",
    AWS_PROFILE: "mine",
  });
  const { args, env } = process("happy-end.runtime");
  assert.deepEqual(
    Object.entries(env).filter(([name]) => /S3|AWS|RESULTS/.test(name)).sort(),
    [
      ["ASYA_S3_ACCESS_KEY", "me"],
      ["ASYA_S3_BASE_PREFIX", "team/asya-results/"],
      ["ASYA_S3_BUCKET", "papers"],
      ["ASYA_S3_ENDPOINT", "http://minio:9000"],
      ["ASYA_S3_SECRET_KEY", "hunter22"],
    ],
  );
  assert.deepEqual(args.slice(args.indexOf("/asya/runtime/main.ts") + 1), [
    "--allow-env=ASYA_*,AWS_REGION",
    "--allow-net=127.0.0.1:8080,minio:9000",
    "--allow-sys=osRelease,uid,homedir",
  ]);
  assert.equal(process("error-end.runtime").env.ASYA_S3_BASE_PREFIX, "team/asya-errors/");
  for (const { name, args, env } of plan.processes) {
    assert.doesNotMatch(args.join(" "), /hunter22/, "a command line can be read by everybody");
    const isStore = /^(happy|error)-end.runtime$/.test(name);
    assert.equal(env.ASYA_S3_SECRET_KEY, isStore ? "hunter22" : undefined, name);
  }
  assert.ok(!plan.folders.some((folder) => folder.includes("results")), `${plan.folders}`);

  const aws = planWith({ AWS_PROFILE: "mine", AWS_REGION: "eu-west-1", AWS_CONFIG_FILE: "/c" });
  const flags = aws.process("happy-end.runtime").args.slice(-4);
  assert.deepEqual(flags, [
    "--allow-env=ASYA_*,AWS_REGION,AWS_*,HOME",
    "--allow-net=127.0.0.1:8080,*.amazonaws.com:443,*.amazonaws.com.cn:443," +
    "169.254.169.254:80,169.254.170.2:80,169.254.170.23:80,[fd00:ec2::23]:80",
    "--allow-read=/home/ada/.aws,/c",
    "--allow-sys=osRelease,uid,homedir",
  ]);
  assert.equal(aws.process("happy-end.runtime").env.AWS_PROFILE, "mine");
  const keys = { ASYA_S3_ACCESS_KEY: "me", ASYA_S3_SECRET_KEY: "hunter22" };
  assert.deepEqual(planWith(keys).process("happy-end.runtime").args.slice(-3), [
    "--allow-env=ASYA_*,AWS_REGION",
    "--allow-net=127.0.0.1:8080,*.amazonaws.com:443,*.amazonaws.com.cn:443",
    "--allow-sys=osRelease,uid,homedir",
  ]);
});

Deno.test("a join has our handler, and a file of its own", pure, () => {
  const { process, plan } = planOf(`
name: fan
actors:
  - { name: split, handler: ./split.ts }
  - { name: gather, join: true }
tools: [{ name: t, route: [split, gather] }]
`);
  const { args, env } = process("gather.runtime");
  assert.equal(env.ASYA_HANDLER, "./join.ts#Join.handle");
  assert.equal(env.ASYA_INCLUDE_METADATA, "true");
  assert.equal(env.ASYA_DATABASE_URL, "sqlite:/home/ada/mesh/.asya/joins/gather.db");
  assert.equal(args.at(-1), "--allow-write=/home/ada/mesh/.asya/joins/gather.db");
  assert.match(Object.values(plan.files)[0] ?? "", /route: \[split, \{join: gather\}\]/);
});

Deno.test(
  "[J1] [C2] a join is told how it waits, and shares the gateway's server in its environment",
  pure,
  () => {
    const { process } = planOf(`
name: fan
actors:
  - { name: split, handler: ./split.ts }
  - name: gather
    join: { quorum: 2, wait: all, timeout: 90s, late: dead-letter }
    env: { ASYA_JOIN_KEEP: 30d }
tools: [{ name: t, route: [split, gather] }]
store: { url: "postgres://me:hunter22@db:6543/jobs?sslmode=require" }
`);
    const { args, env } = process("gather.runtime");
    const settings = Object.entries(env).filter(([name]) => /JOIN|DATABASE/.test(name)).sort();
    assert.deepEqual(settings, [
      ["ASYA_DATABASE_URL", "postgres://me:hunter22@db:6543/jobs?sslmode=require"],
      ["ASYA_JOIN_KEEP", "30d"],
      ["ASYA_JOIN_LATE", "dead-letter"],
      ["ASYA_JOIN_QUORUM", "2"],
      ["ASYA_JOIN_TIMEOUT", "90000ms"],
      ["ASYA_JOIN_WAIT", "all"],
    ]);
    assert.ok(args.includes("--allow-net=db:6543"), args.join(" "));
    assert.doesNotMatch(args.join(" "), /hunter22/);
    assert.equal(process("split.runtime").env.ASYA_DATABASE_URL, undefined);
  },
);

Deno.test("replicas have sockets and ports of their own, and one queue", pure, () => {
  const { process, mesh } = planOf(hello.replace("hello.ts", "hello.ts, replicas: 2"));
  assert.equal(countPorts(mesh), 4);
  assert.deepEqual(socketNames(mesh), ["hello.1", "hello.2", "happy-end", "error-end"]);
  const [first, second] = [process("hello.1.sidecar"), process("hello.2.sidecar")];
  assert.equal(first.env.ASYA_QUEUE_NAME, "hello");
  assert.equal(second.env.ASYA_QUEUE_NAME, "hello");
  assert.notEqual(first.env.ASYA_SOCKET_PATH, second.env.ASYA_SOCKET_PATH);
  assert.notEqual(first.readyUrl, second.readyUrl);
  assert.equal(process("hello.2.runtime").socket, second.env.ASYA_SOCKET_PATH);
  assert.equal(second.unit, "hello");
});

Deno.test("paths start at the file's folder, URLs stay", pure, () => {
  const elsewhere = (lines: string) => planOf(`${hello}${lines}`).process("gateway").env;
  assert.equal(
    elsewhere("transport: { url: 'sqlite:./q/x.db' }\n").ASYA_SQLITE_PATH,
    "/home/ada/mesh/q/x.db",
  );
  assert.equal(elsewhere("store: { url: 'sqlite:///x.db' }\n").ASYA_DATABASE_URL, "sqlite:/x.db");
  const database = "postgres://me:secret@db/jobs";
  assert.equal(elsewhere(`store: { url: '${database}' }\n`).ASYA_DATABASE_URL, database);
  const amqp = elsewhere("transport: { url: 'amqp://localhost' }\n");
  assert.equal(amqp.ASYA_TRANSPORT, "rabbitmq");
  assert.equal(amqp.ASYA_RABBITMQ_URL, "amqp://localhost");
  assert.equal(amqp.ASYA_SQLITE_PATH, undefined);
  const { process } = planOf(`${hello}results: ../out\n`);
  assert.equal(process("error-end.runtime").env.ASYA_RESULTS_DIR, "/home/ada/mesh/../out");
});

Deno.test("[U4] tokens reach the gateway and whoever reports, and no handler", pure, () => {
  const access = planAccess({ ASYA_AUTH: "token", ASYA_API_TOKENS: "ada=s3cret-of-ada" }, "own");
  const { plan, process } = planOf(hello, { access });
  const { env } = process("gateway");
  assert.equal(env.ASYA_AUTH, "token");
  assert.equal(env.ASYA_API_TOKENS, "ada=s3cret-of-ada");
  const withToken = plan.processes.filter(({ env }) => env.ASYA_INTERNAL_TOKEN === "own");
  assert.deepEqual(withToken.map(({ name }) => name), [
    "gateway",
    "hello.sidecar",
    "happy-end.runtime",
    "happy-end.sidecar",
    "error-end.runtime",
    "error-end.sidecar",
  ]);
  const withTokens = plan.processes.filter(({ env }) => env.ASYA_API_TOKENS !== undefined);
  assert.deepEqual(withTokens.map(({ name }) => name), ["gateway"]);
  for (const { args } of plan.processes) assert(!args.join(" ").includes("s3cret-of-ada"));
});

Deno.test("[U4] where everybody may call, reports need no token but may show one", pure, () => {
  assert.deepEqual(planAccess({ ASYA_AUTH: " none ", ASYA_JOB_TTL: "1h" }, "own"), {
    gateway: { ASYA_AUTH: " none ", ASYA_JOB_TTL: "1h" },
    reporters: { ASYA_INTERNAL_TOKEN: "own" },
  });
  assert.deepEqual(planAccess({ ASYA_INTERNAL_TOKEN: "given" }, "own"), {
    gateway: { ASYA_INTERNAL_TOKEN: "given" },
    reporters: { ASYA_INTERNAL_TOKEN: "given" },
  });
});
