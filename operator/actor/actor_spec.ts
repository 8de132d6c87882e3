import { env, podTemplate } from "./pod_template.ts";
import { queueNameRules } from "./queue_name.ts";
import { defaulted, matching, optional } from "./schema/field.ts";
import { list, map } from "./schema/list_fields.ts";
import { object, openObject } from "./schema/object_fields.ts";
import { boolean, choice, integer, text } from "./schema/scalar_fields.ts";
import { telemetry } from "./telemetry_field.ts";
import { transport } from "./transport_field.ts";

/** The kinds of permission that a handler may be given, as Deno names them. */
export const PERMISSION_KINDS: readonly string[] = [
  ...["net", "read", "write", "env"],
  ...["run", "sys", "ffi", "import"],
];

const sidecar = object("The container that carries messages.", {
  image: optional(text("Its image; left out, the operator's.", { maxLength: 1024 })),
  imagePullPolicy: defaulted(
    choice("When the image is pulled.", ["Always", "IfNotPresent", "Never"]),
    "IfNotPresent",
  ),
  resources: optional(openObject("What it asks for and may use, as of any container.", {})),
  env: defaulted(env, []),
  native: defaulted(
    boolean(
      "As an init container that restarts always, which starts before the others and ends after them.",
    ),
    false,
  ),
});

const socket = object("How the sidecar and the runtime reach each other.", {
  path: defaulted(
    text("The Unix socket; its folder is a volume of the pod.", {
      maxLength: 107,
      rules: [
        matching(
          "^(/[^/,:\\x00-\\x20\\x7f]+){2,}$",
          "path is absolute, in a folder of its own, without spaces, commas and colons",
        ),
        {
          cel: "!self.matches(r'/[.]{1,2}(/|$)')",
          message: "path has no . and no .. in it",
          holds: (path) => !/\/[.]{1,2}(\/|$)/.test(path),
        },
        {
          cel: "!self.startsWith('/opt/asya/')",
          message: "path is not in /opt/asya, where the programs of sidecar and runtime are",
          holds: (path) => !path.startsWith("/opt/asya/"),
        },
        {
          cel: "bytes(self).size() <= 107",
          message: "path has at most 107 bytes, which is what Linux takes",
          holds: (path) => new TextEncoder().encode(path).length <= 107,
        },
      ],
    }),
    "/tmp/sockets/app.sock",
  ),
  maxSize: defaulted(
    text("Bytes of the largest frame, as digits.", {
      maxLength: 9,
      rules: [{
        cel: "self.matches(r'^[0-9]+$') && int(self) >= 1024 && int(self) <= 536870912",
        message: "maxSize is a number of bytes in digits, 1024 to 536870912 (512 MiB)",
        holds: (digits) =>
          /^[0-9]+$/.test(digits) && Number(digits) >= 1024 && Number(digits) <= 536_870_912,
      }],
    }),
    "10485760",
  ),
});

const timeout = object("How long things may take.", {
  processing: defaulted(
    integer("Seconds that a handler may take for one message.", { min: 1, max: 604_800 }),
    300,
  ),
  gracefulShutdown: defaulted(
    integer(
      "Seconds from a pod's end being asked for to its being enforced; the last 5 are for what is still to be told.",
      { min: 6, max: 86_400 },
    ),
    30,
  ),
});

const scaling = object("How many replicas there are, by the messages that wait.", {
  enabled: defaulted(
    boolean("Whether KEDA scales it; otherwise `workload.replicas` counts."),
    true,
  ),
  minReplicas: defaulted(integer("The fewest replicas; 0 lets it sleep.", { min: 0 }), 0),
  maxReplicas: defaulted(integer("The most replicas.", { min: 1 }), 50),
  pollingInterval: defaulted(integer("Seconds between looks at the queue.", { min: 1 }), 10),
  cooldownPeriod: optional(
    integer(
      "Seconds without messages before the last replica goes; left out, 60 or what a message may take.",
      { min: 0 },
    ),
  ),
  queueLength: defaulted(integer("Messages that one replica is for.", { min: 1 }), 5),
  activationQueueLength: defaulted(
    integer("Messages that may wait without waking an actor of no replicas.", { min: 0 }),
    0,
  ),
}, [{
  cel: "!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",
  message: "minReplicas must not exceed maxReplicas",
  detail: {
    cel: "'minReplicas is ' + string(self.minReplicas) + ', more than maxReplicas, which is ' + " +
      "string(self.maxReplicas)",
    say: ({ minReplicas, maxReplicas }) =>
      `minReplicas is ${minReplicas}, more than maxReplicas, which is ${maxReplicas}`,
  },
  holds: ({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas,
}]);

const permission = text("As behind `--allow-net=`, one of them.", {
  maxLength: 512,
  rules: [
    matching(
      "^[^\\x00-\\x20,\\x7f]+$",
      "a permission is one entry without spaces and commas, such as api.example.com:443",
    ),
  ],
});

const permissions = map(
  "Deno permissions of the handler by kind, as in `net: [api.example.com:443]`; `['*']` is all.",
  list("What is allowed of the kind.", permission, { maxItems: 64 }),
  {
    maxProperties: PERMISSION_KINDS.length,
    rules: [{
      cel: `self.all(kind, kind in ['${PERMISSION_KINDS.join("', '")}'])`,
      message: `permissions are of the kinds ${PERMISSION_KINDS.join(", ")}`,
      holds: (kinds) => Object.keys(kinds).every((kind) => PERMISSION_KINDS.includes(kind)),
    }],
  },
);

const workload = object("What runs.", {
  type: defaulted(
    choice("Which kind of workload.", ["Deployment", "StatefulSet", "Job"]),
    "Deployment",
  ),
  replicas: defaulted(integer("How many replicas, where scaling is off.", { min: 0 }), 1),
  template: podTemplate,
  volumeClaimTemplates: defaulted(
    list("Volumes of each replica's own, of a StatefulSet.", openObject("A claim.", {}), {
      maxItems: 32,
    }),
    [],
  ),
}, [
  {
    cel: "self.type == 'StatefulSet' || self.volumeClaimTemplates.size() == 0",
    message: "volumeClaimTemplates are of a StatefulSet only; set type: StatefulSet",
    holds: ({ type, volumeClaimTemplates }) =>
      type === "StatefulSet" || volumeClaimTemplates.length === 0,
  },
  {
    cel: "!has(self.template.spec.restartPolicy) || " +
      "(self.type == 'Job') == (self.template.spec.restartPolicy != 'Always')",
    message: "restartPolicy is OnFailure or Never in a Job, and Always in anything else",
    holds: ({ type, template: { spec: { restartPolicy } } }) =>
      restartPolicy === undefined || (type === "Job") === (restartPolicy !== "Always"),
  },
]);

/** What is asked of the operator: the `spec` of an `AsyncActor`. */
export const actorSpec = object("What is asked of the operator.", {
  queueName: text(
    "The queue to serve, which is the name of the step; actors that name the same one share its " +
      "messages.",
    { maxLength: 255, rules: queueNameRules },
  ),
  transport,
  sidecar: defaulted(sidecar, {}),
  socket: defaulted(socket, {}),
  timeout: defaulted(timeout, {}),
  scaling: defaulted(scaling, {}),
  permissions: optional(permissions),
  handler: optional(
    text(
      "The handler, such as `./predict.ts#predict`; ASYA_HANDLER of the container counts more.",
      {
        maxLength: 1024,
        rules: [
          matching("^[^\\x00-\\x20\\x7f]+$", "handler has no spaces, as in ./predict.ts#predict"),
        ],
      },
    ),
  ),
  runtime: defaulted(
    object("How the runtime gets into the container of the handler.", {
      inject: defaulted(
        choice(
          "`configmap`: as files, for an image with Deno; `binary`: with Deno, for any image; `none`: it is there.",
          ["configmap", "binary", "none"],
        ),
        "configmap",
      ),
      image: optional(
        text("Where `binary` comes from; left out, the operator's.", { maxLength: 1024 }),
      ),
    }),
    {},
  ),
  networkPolicy: defaulted(
    object("What the pod may reach.", {
      enabled: defaulted(
        boolean("Whether a NetworkPolicy holds it to `permissions.net` and its own needs."),
        false,
      ),
    }),
    {},
  ),
  telemetry: defaulted(telemetry, {}),
  workload,
});
