import type { AsyncActor, RabbitmqTransport } from "../actor/async_actor.ts";
import { COLLECTOR } from "./collector.ts";
import { INSTALLER } from "./installer.ts";
import { metricsPlace } from "./metrics_port.ts";
import type { Note } from "./note.ts";
import type { Platform } from "./platform.ts";
import { flagProblems } from "./program_flags.ts";
import { RUNTIME_CONTAINER, type RuntimePlace, runtimePlace } from "./runtime_container.ts";
import { hasFlags } from "./sidecar.ts";
import { readsOurFile, telemetryOf } from "./telemetry.ts";

/** An actor that can be made, or why none can. */
export type Examined =
  | { readonly ok: true; readonly rabbitmq: RabbitmqTransport; readonly place: RuntimePlace }
  | { readonly ok: false; readonly note: Note };

/**
 * Finds what keeps an actor from being made at all, and its schema cannot tell.
 *
 * @param actor as the API server has it
 * @param platform whether there is a runtime to mount
 */
export function examine(actor: AsyncActor, platform: Platform): Examined {
  const { transport, workload, runtime } = actor.spec;
  const { containers, initContainers = [] } = workload.template.spec;
  if (transport.type !== "rabbitmq") {
    const message = `The transport ${transport.type} is not supported yet; rabbitmq is.`;
    return refuse("TransportNotSupported", message);
  }
  const all = [...containers, ...initContainers];
  if (runtime.inject === "binary" && all.some(({ name }) => name === INSTALLER)) {
    const message = `A container is called ${INSTALLER}; with runtime.inject: binary the ` +
      "operator adds one of that name.";
    return refuse("ContainerNameTaken", message);
  }
  const telemetry = telemetryOf(actor, platform);
  if (telemetry?.collector && all.some(({ name }) => name === COLLECTOR)) {
    const message = `A container is called ${COLLECTOR}; with telemetry.collector.enabled the ` +
      "operator adds one of that name.";
    return refuse("ContainerNameTaken", message);
  }
  const place = runtimePlace(actor, platform);
  if (!place) {
    const name = workload.template.metadata?.annotations?.[RUNTIME_CONTAINER];
    const names = containers.map(({ name }) => name).join(", ");
    const message =
      `${RUNTIME_CONTAINER} names ${name}, which is no container; there are: ${names}.`;
    return refuse("RuntimeContainerUnknown", message);
  }
  const problems = [
    ...(hasFlags(actor, platform)
      ? flagProblems(platform.permissions.sidecar, actor.spec.sidecar.env)
      : []),
    ...(place.injection === "none"
      ? []
      : flagProblems(platform.permissions.runtime, place.container.env ?? [])),
  ];
  if (problems.length > 0) {
    return refuse("VariableNotUsable", `No permission can be made of ${problems.join("; ")}.`);
  }
  const isBlind = telemetry && readsOurFile(actor.spec.telemetry, telemetry) &&
    actor.spec.telemetry.metrics && metricsPlace(actor.spec).inPod === undefined;
  if (isBlind) {
    const message = "The collector cannot be told where the sidecar's metrics are: give " +
      "ASYA_METRICS_ADDR of the sidecar a value, or the collector a configMapRef.";
    return refuse("VariableNotUsable", message);
  }
  return { ok: true, rabbitmq: transport.rabbitmq, place };
}

function refuse(reason: string, message: string): Examined {
  return { ok: false, note: { reason, message, weight: "refused", about: "workload" } };
}
