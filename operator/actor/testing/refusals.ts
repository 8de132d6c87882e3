/** One thing that an `AsyncActor` may not say, and the words in which it is refused. */
export interface Refusal {
  /** Where, within `spec`. */
  readonly path: string;
  /** What is there; left out: nothing. */
  readonly value?: unknown;
  /** Of the API server: `FIELD: MESSAGE`. */
  readonly admission: string;
  /** Of the operator, for what got past admission. */
  readonly problem: string;
}

const POD = "workload.template.spec";
const AS_RULE = "Invalid value:";

/** A refusal by a rule, whose sentence both of them say. */
function byRule(
  { path, value, message, at = path, shown = show(value) }: {
    readonly path: string;
    readonly value: unknown;
    readonly message: string;
    /** Where the rule stands. */
    readonly at?: string;
    /** How the operator shows the value that the rule is about, if at all. */
    readonly shown?: string;
  },
): Refusal {
  return {
    path,
    value,
    admission: `spec.${at}: ${AS_RULE} ${message}`,
    problem: `spec.${at}${at === path ? shown : ""}: ${message}`,
  };
}

function show(value: unknown): string {
  return typeof value === "string" ? ` is ${JSON.stringify(value)}` : "";
}

/** A number that is out of its range. */
function outOfRange(path: string, value: number, limit: string, allowed: string): Refusal {
  return {
    path,
    value,
    admission: `spec.${path}: ${AS_RULE} ${value}: spec.${path} in body should be ${limit}`,
    problem: `spec.${path} is ${value}; a whole number, ${allowed}, is allowed`,
  };
}

/** A field that has to be there. */
function missing(path: string, needed: string): Refusal {
  return {
    path,
    admission: `spec.${path}: Required value`,
    problem: `spec.${path} is missing; ${needed} is required`,
  };
}

/** One example of everything that is refused. */
export const REFUSALS: readonly Refusal[] = [
  missing("queueName", "a text of 1 to 255 characters"),
  ...["/ocr", "ocr/", "a..b"].map((value) =>
    byRule({
      path: "queueName",
      value,
      message:
        "a queue's name has no slash at its ends and no .. in it, since results are filed by it",
    })
  ),
  ...["o\tcr", "o\u0085cr"].map((value) =>
    byRule({ path: "queueName", value, message: "a queue's name has no control characters" })
  ),
  ...[" ocr", "ocr ", "ocr\u3000"].map((value) =>
    byRule({ path: "queueName", value, message: "a queue's name has no spaces at its ends" })
  ),
  byRule({
    path: "queueName",
    value: "amq.direct",
    message: "names that begin with amq. are RabbitMQ's own",
  }),
  byRule({
    path: "queueName",
    value: "asya.delay.30s.quorum",
    message: "names that end like asya.delay.30s are of the queues in which retries wait",
  }),
  byRule({
    path: "queueName",
    value: "dead-letter-queue",
    message: "dead-letter-queue is kept for what was given up; no actor takes from it",
  }),
  byRule({
    path: "queueName",
    value: "ü".repeat(200),
    message: "a queue's name has at most 255 bytes of UTF-8",
    shown: ` is "${"ü".repeat(79)}…`,
  }),

  missing("transport", "an object"),
  {
    path: "transport.type",
    value: "kafka",
    admission:
      'spec.transport.type: Unsupported value: "kafka": supported values: "rabbitmq", "sqs"',
    problem: 'spec.transport.type is "kafka"; rabbitmq or sqs is allowed',
  },
  ...["sqs", "rabbitmq"].map((type) =>
    byRule({
      path: "transport",
      value: { type },
      message: `type ${type} needs the block ${type} beside it`,
    })
  ),
  ...["amqp://rabbitmq:5672/", "rabbit mq", "rabbitmq:5672"].map((value) =>
    byRule({
      path: "transport.rabbitmq.host",
      value,
      message: "host is a name or an IP address, without a scheme, a port or a path",
    })
  ),

  ...["tmp/app.sock", "/app.sock", "/tmp/a b/app.sock", "/tmp/a,b.sock", "/tmp/a:b.sock", "/tmp/"]
    .map((value) =>
      byRule({
        path: "socket.path",
        value,
        message: "path is absolute, in a folder of its own, without spaces, commas and colons",
      })
    ),
  byRule({
    path: "socket.path",
    value: "/tmp/../run/app.sock",
    message: "path has no . and no .. in it",
  }),
  byRule({
    path: "socket.path",
    value: "/opt/asya/runtime/app.sock",
    message: "path is not in /opt/asya, where the programs of sidecar and runtime are",
  }),
  byRule({
    path: "socket.path",
    value: `/tmp/${"ü".repeat(60)}`,
    message: "path has at most 107 bytes, which is what Linux takes",
  }),
  {
    path: "socket.path",
    value: `/tmp/${"x".repeat(103)}`,
    admission: "spec.socket.path: Too long: may not be more than 107 bytes",
    problem: `spec.socket.path is "/tmp/${
      "x".repeat(74)
    }…; a text of 1 to 107 characters is allowed`,
  },
  ...["10MB", "1023", "536870913", "1e6"].map((value) =>
    byRule({
      path: "socket.maxSize",
      value,
      message: "maxSize is a number of bytes in digits, 1024 to 536870912 (512 MiB)",
    })
  ),

  outOfRange("timeout.processing", 0, "greater than or equal to 1", "1 to 604800"),
  outOfRange("timeout.gracefulShutdown", 5, "greater than or equal to 6", "6 to 86400"),
  outOfRange("scaling.maxReplicas", 0, "greater than or equal to 1", "1 or more"),
  outOfRange("scaling.minReplicas", -1, "greater than or equal to 0", "0 or more"),
  byRule({
    path: "scaling",
    value: { minReplicas: 3, maxReplicas: 2 },
    message: "minReplicas is 3, more than maxReplicas, which is 2",
  }),
  byRule({
    path: "scaling",
    value: { minReplicas: 51 },
    message: "minReplicas is 51, more than maxReplicas, which is 50",
  }),

  byRule({
    path: "handler",
    value: "./my handler.ts",
    message: "handler has no spaces, as in ./predict.ts#predict",
  }),
  byRule({
    path: "permissions",
    value: { network: ["api.example.com"] },
    message: "permissions are of the kinds net, read, write, env, run, sys, ffi, import",
  }),
  {
    path: "permissions.net",
    value: ["a.example.com,b.example.com"],
    admission: `spec.permissions.net[0]: ${AS_RULE} ` +
      "a permission is one entry without spaces and commas, such as api.example.com:443",
    problem: 'spec.permissions.net[0] is "a.example.com,b.example.com": ' +
      "a permission is one entry without spaces and commas, such as api.example.com:443",
  },

  ...["otel-gateway:4318", "http://me:secret@otel-gateway", "http://otel-gateway?tenant=a"]
    .map((value) =>
      byRule({
        path: "telemetry.endpoint",
        value,
        message: "endpoint is an address of OTLP over HTTP without a query and a password, such " +
          "as http://otel-gateway.observability:4318",
      })
    ),
  byRule({
    path: "telemetry.endpoint",
    value: "http://otel-gateway:4318/v1/traces",
    message: "endpoint stands before /v1/traces, /v1/metrics and /v1/logs, which are added",
  }),
  {
    path: "telemetry.protocol",
    value: "grpc",
    admission: 'spec.telemetry.protocol: Unsupported value: "grpc": supported values: ' +
      '"http/protobuf", "http/json"',
    problem: 'spec.telemetry.protocol is "grpc"; http/protobuf or http/json is allowed',
  },
  ...["5%", "1.5", ".5"].map((value) =>
    byRule({
      path: "telemetry.samplingRatio",
      value,
      message: "samplingRatio is a share from 0 to 1 in digits, such as 0.05",
    })
  ),
  byRule({
    path: "telemetry",
    value: { enabled: false, collector: { enabled: true } },
    message: "collector.enabled is true and enabled is false; a collector has nobody to take from",
  }),
  byRule({
    path: "telemetry",
    value: { headersSecretRef: { name: "otlp", key: "headers" }, collector: { enabled: true } },
    message: "headersSecretRef is for programs that send by themselves; with collector.enabled, " +
      "set collector.headersSecretRef",
  }),
  ...["http://localhost:4318", "http://127.0.0.1:4318", "http://[::1]:4318"].map((endpoint) =>
    byRule({
      path: "telemetry",
      value: { endpoint, collector: { enabled: true } },
      message: "endpoint is in the pod itself, and a collector would send to itself; say who " +
        "takes what it hands on",
    })
  ),

  missing("workload", "an object"),
  missing("workload.template", "an object"),
  missing(POD, "an object"),
  ...[undefined, []].map((value) =>
    byRule({
      path: `${POD}.containers`,
      value,
      at: POD,
      message: "containers has none; the pod needs one, with the actor's handler",
    })
  ),
  ...["containers", "initContainers"].map((list) =>
    byRule({
      path: `${POD}.${list}`,
      value: [{ name: "sidecar" }],
      at: POD,
      message: "no container may be called sidecar; the operator adds one of that name",
    })
  ),
  {
    path: `${POD}.containers`,
    value: [{ name: "a" }, { name: "a" }],
    admission: `spec.${POD}.containers[1]: Duplicate value: {"name":"a"}`,
    problem: `spec.${POD}.containers has two of the name "a"; one is allowed`,
  },
  {
    path: `${POD}.containers`,
    value: Array.from({ length: 65 }, (_, index) => ({ name: `c${index}` })),
    admission: `spec.${POD}.containers: Too many: 65: must have at most 64 items`,
    problem: `spec.${POD}.containers is a list; a list of up to 64 is allowed`,
  },
  byRule({
    path: "workload.volumeClaimTemplates",
    value: [{ metadata: { name: "cache" } }],
    at: "workload",
    message: "volumeClaimTemplates are of a StatefulSet only; set type: StatefulSet",
  }),
  byRule({
    path: `${POD}.restartPolicy`,
    value: "Never",
    at: "workload",
    message: "restartPolicy is OnFailure or Never in a Job, and Always in anything else",
  }),
];

/** Values that are only just allowed, by where they are within `spec`. */
export const JUST_ALLOWED: readonly (readonly [path: string, value: unknown])[] = [
  ["queueName", `${"ü".repeat(127)}x`],
  ["queueName", "a/b. c.delay.x"],
  ["transport.rabbitmq.username", "😀".repeat(255)],
  ["transport.rabbitmq.host", "::1"],
  ["socket.path", `/tmp/${"x".repeat(102)}`],
  ["socket.path", "/a/..b"],
  ["socket.maxSize", "1024"],
  ["socket.maxSize", "536870912"],
  ["timeout.gracefulShutdown", 6],
  ["scaling", { minReplicas: 3, maxReplicas: 3 }],
  ["permissions", { net: ["*"], run: [] }],
  ["telemetry.endpoint", "https://[2001:db8::1]:4318/otlp"],
  ["telemetry.samplingRatio", "0.000001"],
  ["telemetry", { enabled: true, endpoint: "http://127.0.0.1:4318" }],
  ["workload.replicas", 0],
  [`${POD}.containers`, Array.from({ length: 64 }, (_, index) => ({ name: `c${index}` }))],
  [`${POD}.restartPolicy`, "Always"],
];
