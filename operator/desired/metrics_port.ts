import { parseAddress } from "@asya/program";
import type { ActorSpec, Container } from "../actor/async_actor.ts";
import { knownEnvironment } from "./environment.ts";
import { isLoopback } from "./is_loopback.ts";

/** Where the sidecar answers to probes and to Prometheus. */
export interface MetricsPlace {
  /** For the sidecar; not there where the user says it. */
  readonly address?: string;
  /** Not there where nobody outside the pod can reach it, or only the kubelet knows. */
  readonly port?: number;
}

/** The first port that is tried. */
const FIRST = 8080;

const VARIABLE = "ASYA_METRICS_ADDR";

/**
 * Decides where the sidecar serves its metrics and health: where the user says, or else on the first
 * port from 8080 on that no container of the pod declares.
 *
 * @param spec of the actor
 */
export function metricsPlace({ sidecar, workload }: ActorSpec): MetricsPlace {
  const { values, unknown } = knownEnvironment(sidecar.env);
  if (unknown.has(VARIABLE)) return {};
  const said = values[VARIABLE];
  if (said !== undefined) {
    const address = parseAddress(said);
    return address && !isLoopback(address.hostname) ? { port: address.port } : {};
  }
  const { containers, initContainers = [] } = workload.template.spec;
  const taken = new Set([...containers, ...initContainers].flatMap(portsOf));
  let port = FIRST;
  while (taken.has(port)) port += 1;
  return { address: `:${port}`, port };
}

function portsOf({ ports }: Container): number[] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) => Number((port as { containerPort?: unknown } | null)?.containerPort));
}
