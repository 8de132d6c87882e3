import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { parseMeshFile } from "../file/mesh_file.ts";
import { planBroker } from "../plan/plan_broker.ts";
import { exportFiles, objectsText } from "./export_files.ts";
import { exportMesh, type ExportPlace } from "./export_mesh.ts";
import type { Exported } from "./exported.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

const MESH = `
name: papers
actors:
  - name: ocr
    handler: ./ocr.ts#Ocr.handle
    permissions: { read: [./samples, "npm:tesseract.js-core"], net: [api:443], env: [API_KEY] }
    concurrency: 2
    prefetch: 8
    timeout: 1500ms
    replicas: 3
    retry: { attempts: 4 }
    metrics: { pages_total: { type: counter } }
    env: { API_KEY: sk-1234567890, STORE: "redis://me:hunter22@store", MODEL: small }
  - { name: gather, join: { quorum: 2, timeout: 90s }, allowedSteps: [ocr] }
tools: [{ name: read, route: [ocr, gather] }]
maxHops: 9
allowedSteps: [gather]
`;

const place: ExportPlace = {
  image: "papers:1",
  actorsImage: "asya-actors:1",
  denoVersion: "2.9.6",
  isScaled: true,
  joinPermissions: { env: ["ASYA_*"], net: ["{ASYA_DATABASE_URL}", "{ASYA_GATEWAY_URL}"] },
};

function exportOf(yaml: string, more: Partial<ExportPlace> = {}): Exported {
  const parsed = parseMeshFile(yaml);
  assert(parsed.ok, JSON.stringify(parsed));
  const made = exportMesh(parsed.mesh, { ...place, ...more });
  assert(made.ok, JSON.stringify(made));
  return made.exported;
}

function brokerOf(url: string, env: Record<string, string> = {}): Partial<ExportPlace> {
  const plan = planBroker(url, env, "/");
  assert(plan.ok);
  return { broker: plan.config };
}

/** What an actor's resource says, as JSON would have it. */
function specOf({ actors }: Exported, name: string): Record<string, unknown> {
  const found = actors.find(({ metadata }) => metadata.name === name);
  assert(found, name);
  return JSON.parse(JSON.stringify(found.spec));
}

const SECRET = { name: "asya-rabbitmq", key: "password" };

Deno.test("[E1] an actor's resource says of it what the mesh says", pure, () => {
  assert.deepEqual(specOf(exportOf(MESH), "ocr"), {
    queueName: "ocr",
    transport: {
      type: "rabbitmq",
      rabbitmq: {
        host: "rabbitmq",
        port: 5672,
        username: "asya",
        vhost: "/",
        passwordSecretRef: SECRET,
      },
    },
    handler: "./ocr.ts#Ocr.handle",
    permissions: { net: ["api:443"], read: ["./samples", "/deno-dir/npm"], env: ["API_KEY"] },
    sidecar: {
      env: [
        { name: "ASYA_MAX_HOPS", value: "9" },
        { name: "ASYA_RABBITMQ_PREFETCH", value: "8" },
        { name: "ASYA_ALLOWED_STEPS", value: "gather" },
        { name: "ASYA_CUSTOM_METRICS", value: '[{"name":"pages_total","type":"counter"}]' },
      ],
    },
    socket: { maxSize: "67108864" },
    timeout: { processing: 2 },
    scaling: { enabled: true, minReplicas: 3, queueLength: 8 },
    workload: {
      type: "Deployment",
      template: {
        spec: {
          containers: [{
            name: "handler",
            image: "papers:1",
            env: [
              { name: "ASYA_CONCURRENCY", value: "2" },
              secretVariable("API_KEY"),
              secretVariable("STORE"),
              { name: "MODEL", value: "small" },
            ],
          }],
        },
      },
    },
  });
});

function secretVariable(name: string) {
  return { name, valueFrom: { secretKeyRef: { name: "ocr-env", key: name } } };
}

Deno.test(
  "[E1] a join has our handler, its settings, and PostgreSQL alone to talk to",
  pure,
  () => {
    const { permissions, handler, workload, sidecar } = specOf(exportOf(MESH), "gather");
    assert.equal(handler, "./join.js#Join.handle");
    assert.deepEqual(permissions, { net: ["asya-gateway-postgresql:5432"], env: ["ASYA_*"] });
    assert.deepEqual(sidecar, {
      env: [
        { name: "ASYA_MAX_HOPS", value: "9" },
        { name: "ASYA_ALLOWED_STEPS", value: "ocr" },
      ],
    });
    const url = { secretKeyRef: { name: "asya-gateway-postgresql", key: "url" } };
    assert.deepEqual(workload, {
      type: "Deployment",
      template: {
        spec: {
          containers: [{
            name: "handler",
            image: "asya-actors:1",
            env: [
              { name: "ASYA_INCLUDE_METADATA", value: "true" },
              { name: "ASYA_JOIN_QUORUM", value: "2" },
              { name: "ASYA_JOIN_TIMEOUT", value: "90000ms" },
              { name: "ASYA_DATABASE_URL", valueFrom: url },
            ],
          }],
        },
      },
    });
  },
);

Deno.test("[E1] without scaling there are as many of an actor as the mesh says", pure, () => {
  const exported = exportOf(MESH, { isScaled: false });
  const { scaling, workload } = specOf(exported, "ocr");
  assert.deepEqual(scaling, { enabled: false });
  assert.equal((workload as { replicas: number }).replicas, 3);
});

Deno.test("[E2] no secret of the file or the environment is written", pure, () => {
  const store = "store: { url: 'postgres://me:hunter22@db:6543/jobs?sslmode=require' }\n";
  const broker = brokerOf("amqps://ada:hunter22@mq/team", {
    ASYA_RABBITMQ_PASSWORD: "hunter22",
    ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
  });
  const parsed = parseMeshFile(MESH + store);
  assert(parsed.ok);
  const exported = exportOf(MESH + store, broker);
  const files = Object.values(exportFiles(parsed.mesh, exported, place)).join("\n");
  assert.doesNotMatch(files, /hunter22|sk-1234567890/);
  assert.match(files, /from-literal=API_KEY=… --from-literal=STORE=…/);
  assert.deepEqual(specOf(exported, "ocr").transport, {
    type: "rabbitmq",
    rabbitmq: {
      host: "mq",
      port: 5671,
      username: "ada",
      vhost: "team",
      passwordSecretRef: SECRET,
      tls: { enabled: true },
    },
  });
  assert.match(files, /ASYA_RABBITMQ_QUEUE_TYPE\n +value: quorum/);
  assert.deepEqual(specOf(exported, "gather").permissions, { net: ["db:6543"], env: ["ASYA_*"] });
});

Deno.test("[E3] what a cluster cannot have is said", pure, () => {
  const cases: [string, Partial<ExportPlace>, RegExp][] = [
    [MESH, {}, /^messages are kept in a file here/],
    [
      MESH,
      brokerOf("amqp://localhost"),
      /^RabbitMQ is at localhost here, which in a pod is the pod/,
    ],
    [MESH, {}, /^the handlers are files of this machine: the image papers:1 has to have them/],
    [MESH.replace("./ocr.ts", "npm:ocr@1"), {}, /^actor ocr: npm:ocr@1#.* is fetched by each pod/],
    [MESH, {}, /^actor ocr: API_KEY, STORE looks like a secret/],
    [MESH, {}, /^actor ocr: .* in \/deno-dir\/npm; .* in place of npm:tesseract\.js-core$/],
    [MESH, {}, /^actor ocr: its timeout of 1500 ms is rounded up/],
    [MESH, {}, /^jobs are kept in sqlite here/],
    [
      MESH,
      {},
      /^gather: joins keep branches in that PostgreSQL, and may connect to asya-gateway-postgresql:5432/,
    ],
    [MESH, {}, /^outcomes are kept in the folder .asya\/results here/],
    [`${MESH}results: s3://papers/team/\n`, {}, /^outcomes go to the bucket papers/],
    [
      MESH.replace("./ocr.ts", "../ocr.ts"),
      {},
      /^actor ocr: \.\.\/ocr\.ts.* is outside the mesh's folder/,
    ],
  ];
  for (const [yaml, more, note] of cases) {
    const { notes } = exportOf(yaml, more);
    assert(notes.some((sentence) => note.test(sentence)), `${note} in\n${notes.join("\n")}`);
  }
  assert.deepEqual(
    exportOf(MESH, brokerOf("amqp://me@mq:5672/")).notes.filter((note) => /RabbitMQ/.test(note)),
    [],
  );
});

Deno.test("[E3] a name that is too long for a cluster is refused", pure, () => {
  const name = "n".repeat(53);
  const parsed = parseMeshFile(`
name: long
actors: [{ name: ${name}, handler: ./a.ts }]
tools: [{ name: t, route: [${name}] }]
`);
  assert(parsed.ok);
  assert.deepEqual(exportMesh(parsed.mesh, place), {
    ok: false,
    problems: [`actor ${name} has a name of 53 characters; allowed: at most 52`],
  });
});

Deno.test("[E1] what is printed is what the files have, the same each time", pure, () => {
  const parsed = parseMeshFile(MESH);
  assert(parsed.ok);
  const exported = exportOf(MESH, { namespace: "team" });
  const read = (text = "") => parseAllDocuments(text).map((document) => document.toJS());
  const files = exportFiles(parsed.mesh, exported, { ...place, namespace: "team" });
  assert.deepEqual(
    files,
    exportFiles(parsed.mesh, exportOf(MESH, { namespace: "team" }), {
      ...place,
      namespace: "team",
    }),
  );
  const written = [...read(files["tools.yaml"]), ...read(files["actors.yaml"])];
  assert.deepEqual(read(objectsText(exported)), written);
  assert.deepEqual(written.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace]), [
    ["ConfigMap", "papers-tools", "team"],
    ["AsyncActor", "ocr", "team"],
    ["AsyncActor", "gather", "team"],
  ]);
  assert.equal(
    written[0].data["tools.yaml"],
    "tools: [{ name: read, route: [ocr, {join: gather}] }]\n\nretry: " +
      '{"ocr":{"attempts":4}}\n',
  );
});
