import type { AsyncActor, TelemetrySpec } from "../actor/async_actor.ts";
import type { Platform } from "./platform.ts";
import { undeclaredPort } from "./undeclared_port.ts";

/** Where an actor's programs send what they tell of their work. */
export interface Telemetry {
  /** Who takes OTLP from the programs: the collector beside them, where there is one. */
  readonly endpoint: string;
  readonly collector?: Collector;
}

/** A collector in an actor's pods. */
export interface Collector {
  readonly otlpPort: number;
  readonly healthPort: number;
  /** Who takes what it hands on; not there where only a configuration of the user's says it. */
  readonly exportEndpoint?: string;
}

/** Where collectors take OTLP over HTTP by default, and where this one tells that it is well. */
const FIRST_PORTS = { otlp: 4318, health: 13_133 } as const;

/**
 * Where an actor's programs send what they tell, if anywhere.
 *
 * @param actor whose programs
 * @param platform what holds where the actor says nothing
 */
export function telemetryOf({ spec }: AsyncActor, platform: Platform): Telemetry | undefined {
  const { telemetry, workload } = spec;
  if (!wantsTelemetry(telemetry, platform)) return undefined;
  const endpoint = telemetry.endpoint ?? platform.telemetry.endpoint;
  if (!telemetry.collector.enabled) return endpoint === undefined ? undefined : { endpoint };
  if (endpoint === undefined && !telemetry.collector.configMapRef) return undefined;
  const pod = workload.template.spec;
  const otlpPort = undeclaredPort(pod, FIRST_PORTS.otlp);
  return {
    endpoint: `http://127.0.0.1:${otlpPort}`,
    collector: {
      otlpPort,
      healthPort: undeclaredPort(pod, FIRST_PORTS.health),
      ...(endpoint !== undefined && { exportEndpoint: endpoint }),
    },
  };
}

/**
 * Whether an actor's programs are to send what they tell, though perhaps nobody is there to take it.
 *
 * @param telemetry as the actor says it
 * @param platform what holds where the actor says nothing
 */
export function wantsTelemetry(telemetry: TelemetrySpec, platform: Platform): boolean {
  const { enabled, endpoint, collector } = telemetry;
  return enabled ?? (endpoint !== undefined || collector.enabled || platform.telemetry.isOn);
}

/**
 * Whether there is a collector that does what the operator's file says: it reads the sidecar's metrics
 * where they are wanted, so that the sidecar need not send them.
 *
 * @param telemetry as the actor says it
 * @param sends where its programs send
 */
export function readsOurFile(telemetry: TelemetrySpec, sends: Telemetry): boolean {
  return sends.collector !== undefined && telemetry.collector.configMapRef === undefined;
}
