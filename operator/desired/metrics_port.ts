import { formatAddress, parseAddress } from "@asya/program";
import type { ActorSpec } from "../actor/async_actor.ts";
import { undeclaredPort } from "./undeclared_port.ts";
import { knownEnvironment } from "./environment.ts";
import { isLoopback } from "./is_loopback.ts";

/** Where the sidecar answers to probes and to Prometheus. */
export interface MetricsPlace {
  /** For the sidecar; not there where the user says it. */
  readonly address?: string;
  /** Not there where nobody outside the pod can reach it, or only the kubelet knows. */
  readonly port?: number;
  /** Where containers of the pod reach it, as host:port; not there where only the kubelet knows. */
  readonly inPod?: string;
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
    if (!address) return {};
    const inPod = formatAddress({ ...address, hostname: reachable(address.hostname) });
    return isLoopback(address.hostname) ? { inPod } : { port: address.port, inPod };
  }
  const port = undeclaredPort(workload.template.spec, FIRST);
  return { address: `:${port}`, port, inPod: `127.0.0.1:${port}` };
}

/** What to connect to for who listens on a host. */
function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}
