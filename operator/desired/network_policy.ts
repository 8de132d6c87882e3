import type { AsyncActor, RabbitmqTransport } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import type { Platform } from "./platform.ts";
import { knownEnvironment } from "./environment.ts";
import { isFetched } from "./is_fetched.ts";
import { isLoopback } from "./is_loopback.ts";
import { metricsPlace } from "./metrics_port.ts";
import { ownedObject, selectorLabels } from "./names.ts";
import { parseNetEntry } from "./net_entry.ts";
import { type Telemetry, telemetryOf } from "./telemetry.ts";

/** One rule of a NetworkPolicy: no `ports` is any port, no peer is anybody. */
interface Rule {
  readonly to?: readonly { readonly ipBlock: { readonly cidr: string } }[];
  readonly ports?: readonly Port[];
}

interface Port {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

const DNS: readonly Port[] = [{ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }];

/** Where modules are fetched from. */
const HTTPS = 443;

/**
 * Holds an actor's pods to what its handler may reach, and to what they need themselves: names, the
 * broker, the gateway, who takes their telemetry, and to be asked for metrics. A NetworkPolicy knows addresses and ports, no
 * names: of a host that is called by name, only the port is held to.
 *
 * @param actor whose pods
 * @param rabbitmq its broker
 * @param platform where the gateway is
 */
export function networkPolicy(
  actor: AsyncActor,
  rabbitmq: RabbitmqTransport,
  platform: Platform,
): KubeObject {
  const { spec } = actor;
  const entries = (spec.permissions?.net ?? []).map(parseNetEntry);
  const served = entries.flatMap((entry) => entry.kind === "served" ? [entry.port] : []);
  const { port: metrics } = metricsPlace(spec);
  const { values } = knownEnvironment(spec.sidecar.env);
  const collects = collectorPort(telemetryOf(actor, platform));
  const gateway = portOf(values.ASYA_GATEWAY_URL ?? platform.gatewayUrl);
  const egress: Rule[] = [
    { ports: DNS },
    toPort(rabbitmq.port),
    ...(gateway === undefined ? [] : [toPort(gateway)]),
    ...(collects === undefined ? [] : [toPort(collects)]),
    ...(fetchesModules(spec) ? [toPort(HTTPS)] : []),
    ...entries.flatMap((entry) => entry.kind === "reached" ? [ruleFor(entry)] : []),
  ];
  const ingress = [...served, ...(metrics === undefined ? [] : [metrics])].map(toPort);
  return ownedObject(actor, { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" }, {
    spec: {
      podSelector: { matchLabels: selectorLabels(actor) },
      policyTypes: ["Ingress", "Egress"],
      ingress: unique(ingress),
      egress: unique(egress),
    },
  });
}

/** Who takes OTLP outside the pod, if anybody does. */
function collectorPort(telemetry: Telemetry | undefined): number | undefined {
  if (!telemetry) return undefined;
  const { endpoint, collector } = telemetry;
  const url = URL.parse((collector ? collector.exportEndpoint : endpoint) ?? "");
  return url && !isLoopback(url.hostname.replace(/^\[|\]$/g, "")) ? portOf(url.href) : undefined;
}

function fetchesModules({ permissions, handler }: AsyncActor["spec"]): boolean {
  return permissions?.import !== undefined || isFetched(handler);
}

function ruleFor({ cidr, port }: { readonly cidr?: string; readonly port?: number }): Rule {
  return {
    ...(cidr !== undefined && { to: [{ ipBlock: { cidr } }] }),
    ...(port !== undefined && toPort(port)),
  };
}

function toPort(port: number): Rule {
  return { ports: [{ port, protocol: "TCP" }] };
}

function portOf(url: string | undefined): number | undefined {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed === null) return undefined;
  return Number(parsed.port) || (parsed.protocol === "https:" ? HTTPS : 80);
}

function unique(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
