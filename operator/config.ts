import {
  address,
  boolean,
  choice,
  defineSettings,
  duration,
  integer,
  logSettings,
  type PermissionTemplate,
  type SettingsOf,
  text,
  url,
} from "@asya/program";
import manifest from "./deno.json" with { type: "json" };
import type { BundlePlace } from "./read_bundle.ts";

/** Where our images have the runtime. */
const BUNDLE_PATH = "/opt/asya/runtime";

/** A name of Kubernetes that is a DNS label. */
const label = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  allowed: "a name of Kubernetes: up to 63 lower-case letters, digits and -",
};

/** Everything that the operator is told from outside. */
export const settings = defineSettings({
  ...logSettings,
  watchNamespace: text({
    env: "ASYA_WATCH_NAMESPACE",
    ...label,
    doc: "the one namespace whose actors are looked after; not set: all",
  }),
  sidecarImage: text({
    env: "ASYA_SIDECAR_IMAGE",
    default: `asya-sidecar:${manifest.version}`,
    doc: "the sidecar's image, where an actor names none",
  }),
  sidecarRun: choice({
    env: "ASYA_SIDECAR_RUN",
    choices: ["flags", "image"],
    default: "flags",
    doc: "how that image is started: with exactly the permissions that an actor needs, " +
      "or by its own entry point",
  }),
  runtimeImage: text({
    env: "ASYA_RUNTIME_IMAGE",
    default: `asya-runtime:${manifest.version}`,
    doc: "brings the runtime into containers of actors with runtime.inject: binary",
  }),
  runtimeBundle: text({
    env: "ASYA_RUNTIME_BUNDLE",
    pattern: /^\//,
    allowed: "an absolute path",
    doc: `the folder with the runtime's main.js and mod.ts for ConfigMaps; not set: ${BUNDLE_PATH}`,
  }),
  gatewayUrl: url({
    env: "ASYA_GATEWAY_URL",
    protocols: ["http", "https"],
    doc: "where sidecars report progress; not set: nowhere",
  }),
  internalToken: text({
    env: "ASYA_INTERNAL_TOKEN",
    secret: true,
    doc: "the token that the gateway asks of actors; it goes into a Secret beside each",
  }),
  telemetryEndpoint: url({
    env: "ASYA_TELEMETRY_ENDPOINT",
    protocols: ["http", "https"],
    doc: "who takes traces, metrics and logs of actors as OTLP over HTTP, where an actor names " +
      "nobody; not set: nobody",
  }),
  telemetryEnabled: boolean({
    env: "ASYA_TELEMETRY_ENABLED",
    default: false,
    doc: "whether actors that say nothing of telemetry.enabled send them there",
  }),
  collectorImage: text({
    env: "ASYA_COLLECTOR_IMAGE",
    default: "otel/opentelemetry-collector-contrib:0.154.0",
    doc: "the collector's image, where an actor with telemetry.collector names none",
  }),
  leaderElection: boolean({
    env: "ASYA_LEADER_ELECTION",
    default: true,
    doc: "whether one of several replicas works and the others wait; without it, only one may run",
  }),
  leaseName: text({
    env: "ASYA_LEASE_NAME",
    ...label,
    default: "asya-operator",
    doc: "the Lease that says which replica works",
  }),
  leaseNamespace: text({
    env: "ASYA_LEASE_NAMESPACE",
    ...label,
    doc: "where that Lease is; not set: the pod's namespace",
  }),
  leaseDurationMs: duration({
    env: "ASYA_LEASE_DURATION",
    default: "15s",
    min: 3_000,
    max: 600_000,
    doc: "how long a replica that is gone keeps the others waiting; it is renewed well before",
  }),
  concurrency: integer({
    env: "ASYA_RECONCILE_CONCURRENCY",
    default: 8,
    min: 1,
    max: 64,
    doc: "how many actors are worked on at a time",
  }),
  resyncMs: duration({
    env: "ASYA_RESYNC_PERIOD",
    default: "10m",
    min: 10_000,
    max: 86_400_000,
    doc: "how often every actor is looked at, also when nothing has changed",
  }),
  operatorAddress: address({
    env: "ASYA_OPERATOR_ADDR",
    default: ":8080",
    doc: "where /livez, /healthz, /readyz and /metrics are served",
  }),
  kubeconfig: text({
    env: "KUBECONFIG",
    pattern: /^\//,
    allowed: "an absolute path",
    doc: "a file that says where the API server is, and who we are; not set: what a pod has",
  }),
  serviceHost: text({
    env: "KUBERNETES_SERVICE_HOST",
    doc: "in a pod: the API server's host; set by Kubernetes",
  }),
  servicePort: integer({
    env: "KUBERNETES_SERVICE_PORT",
    min: 1,
    max: 65_535,
    doc: "in a pod: the API server's port; set by Kubernetes",
  }),
  hostname: text({
    env: "HOSTNAME",
    default: "operator",
    doc: "what this replica is called in the Lease and in Events; in a pod: the pod's name",
  }),
});

/** The values of the operator's settings. */
export type Config = SettingsOf<typeof settings>;

/**
 * What the operator needs of the system.
 *
 * It goes to any host: which API server is in a file, and the brokers of actors are in the actors.
 * V8 is told to keep its heap small; most of what comes from the API server is thrown away at once.
 */
export const permissions: PermissionTemplate = {
  v8: ["--max-semi-space-size=4", "--heap-growing-percent=30"],
  net: ["*"],
  read: [
    "{KUBECONFIG}",
    "{!KUBECONFIG}/var/run/secrets/kubernetes.io/serviceaccount",
    "{ASYA_RUNTIME_BUNDLE}",
    `{!ASYA_RUNTIME_BUNDLE}${BUNDLE_PATH}`,
  ],
};

/**
 * Finds problems that concern several settings together.
 *
 * @param config the values
 * @returns one sentence each
 */
export function checkConfig(config: Config): string[] {
  const { kubeconfig, serviceHost, servicePort, telemetryEnabled, telemetryEndpoint } = config;
  const isFound = kubeconfig !== undefined ||
    (serviceHost !== undefined && servicePort !== undefined);
  return [
    ...(isFound ? [] : [
      "KUBECONFIG is not set, and neither are KUBERNETES_SERVICE_HOST and " +
      "KUBERNETES_SERVICE_PORT, as in a pod; allowed: one of both",
    ]),
    ...(telemetryEnabled && telemetryEndpoint === undefined
      ? ["ASYA_TELEMETRY_ENABLED is true, and ASYA_TELEMETRY_ENDPOINT is not set; set both"]
      : []),
    ...(telemetryEndpoint === undefined || isBareAddress(telemetryEndpoint) ? [] : [
      "ASYA_TELEMETRY_ENDPOINT has a user, a password or a query, which everybody who may look at " +
      "a pod would read; allowed: http://HOST:PORT/PATH, and headers in an actor's " +
      "telemetry.headersSecretRef",
    ]),
  ];
}

function isBareAddress(address: string): boolean {
  const { username, password, search, hash } = new URL(address);
  return username + password + search + hash === "";
}

/**
 * The folder with the runtime's files, and whether it must be there: only one that was asked for.
 *
 * @param config the values
 */
export function bundleOf(config: Config): BundlePlace {
  const { runtimeBundle } = config;
  return { path: runtimeBundle ?? BUNDLE_PATH, isRequired: runtimeBundle !== undefined };
}
