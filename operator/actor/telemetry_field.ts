import { defaulted, matching, optional } from "./schema/field.ts";
import { object, openObject } from "./schema/object_fields.ts";
import { boolean, choice, text } from "./schema/scalar_fields.ts";
import { secretKey } from "./secret_key_field.ts";

const configMapRef = object("A file of a ConfigMap in the actor's namespace.", {
  name: text("The name of the ConfigMap.", { maxLength: 253 }),
  key: defaulted(text("The file in it.", { maxLength: 253 }), "collector.yaml"),
});

const collector = object(
  "A collector of OpenTelemetry in each pod, which takes all of that and hands it on.",
  {
    enabled: defaulted(
      boolean("Whether there is one; Kubernetes has to be 1.29 or later."),
      false,
    ),
    image: optional(
      text("Its image, of the contrib distribution; left out, the operator's.", {
        maxLength: 1024,
      }),
    ),
    configMapRef: optional(configMapRef),
    headersSecretRef: optional(
      secretKey(
        "Headers of what it hands on, as a map of YAML: `{authorization: Bearer abc}`.",
      ),
    ),
    resources: optional(openObject(
      "What it asks for and may use; left out, 64Mi of memory and at most 256Mi.",
      {},
    )),
  },
);

/** What an actor's programs tell of their work, and to whom. */
export const telemetry = object(
  "Traces, metrics and logs of the sidecar and the runtime, as OpenTelemetry has them.",
  {
    enabled: optional(
      boolean(
        "Whether they are sent; left out, they are with an endpoint or a collector, or where the " +
          "operator says so.",
      ),
    ),
    endpoint: optional(
      text(
        "Who takes OTLP over HTTP: of the programs, or of the collector where there is one; " +
          "left out, the operator's.",
        {
          maxLength: 2048,
          rules: [
            matching(
              "^https?://[^\\x00-\\x20\\x7f/?#@]+(/[^\\x00-\\x20\\x7f?#]*)?$",
              "endpoint is an address of OTLP over HTTP without a query and a password, such as " +
                "http://otel-gateway.observability:4318",
            ),
            {
              cel: "!self.matches(r'/v1/(traces|metrics|logs)/?$')",
              message:
                "endpoint stands before /v1/traces, /v1/metrics and /v1/logs, which are added",
              holds: (endpoint) => !/\/v1\/(traces|metrics|logs)\/?$/.test(endpoint),
            },
          ],
        },
      ),
    ),
    protocol: defaulted(
      choice("How the programs spell what they send.", ["http/protobuf", "http/json"]),
      "http/protobuf",
    ),
    samplingRatio: defaulted(
      text(
        "Of messages that come without a trace, the share that begins one, and of requests of " +
          "probes with them; of other messages the gateway has decided.",
        {
          maxLength: 8,
          rules: [
            matching(
              "^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$",
              "samplingRatio is a share from 0 to 1 in digits, such as 0.05",
            ),
          ],
        },
      ),
      "0",
    ),
    metrics: defaulted(
      boolean(
        "Whether metrics are sent too, and those of the sidecar not only served at /metrics.",
      ),
      true,
    ),
    logs: defaulted(
      boolean("Whether log lines are sent too; they are on standard output all the same."),
      false,
    ),
    headersSecretRef: optional(
      secretKey("Headers of what the programs send: `authorization=Bearer%20abc,tenant=papers`."),
    ),
    collector: defaulted(collector, {}),
  },
  [
    {
      cel: "!has(self.enabled) || self.enabled || !self.collector.enabled",
      message:
        "collector.enabled is true and enabled is false; a collector has nobody to take from",
      holds: ({ enabled, collector }) => enabled !== false || !collector.enabled,
    },
    {
      cel: "!has(self.headersSecretRef) || !self.collector.enabled",
      message:
        "headersSecretRef is for programs that send by themselves; with collector.enabled, " +
        "set collector.headersSecretRef",
      holds: ({ headersSecretRef, collector }) =>
        headersSecretRef === undefined || !collector.enabled,
    },
    {
      cel: "!has(self.endpoint) || !self.collector.enabled || " +
        "!self.endpoint.matches(r'^https?://(localhost|127[.]|\\x5b::1\\x5d)')",
      message:
        "endpoint is in the pod itself, and a collector would send to itself; say who takes " +
        "what it hands on",
      holds: ({ endpoint = "", collector }) =>
        !collector.enabled || !/^https?:\/\/(localhost|127[.]|\[::1\])/.test(endpoint),
    },
  ],
);
