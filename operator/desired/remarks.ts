import type { AsyncActor } from "../actor/async_actor.ts";
import { handlerFlags } from "./handler_flags.ts";
import { selectorLabels } from "./names.ts";
import type { Note } from "./note.ts";
import type { Platform } from "./platform.ts";
import type { RuntimePlace } from "./runtime_container.ts";
import { telemetryOf, wantsTelemetry } from "./telemetry.ts";

/**
 * What the owner of an actor should know of it, though it runs.
 *
 * @param actor as the API server has it
 * @param place the container that serves its socket
 * @param platform what the cluster has
 */
export function remarks(actor: AsyncActor, place: RuntimePlace, platform: Platform): Note[] {
  return [
    ...scalingRemarks(actor, platform),
    ...jobRemarks(actor),
    ...runtimeRemarks(actor, place),
    ...labelRemarks(actor),
    ...telemetryRemarks(actor, platform),
  ];
}

function scalingRemarks({ spec }: AsyncActor, { hasKeda }: Platform): Note[] {
  if (!spec.scaling.enabled) return [];
  const about = "scaling";
  if (spec.workload.type === "Job") {
    const message = "A Job is not scaled; scaling has no effect on it.";
    return [{ reason: "JobNotScaled", message, weight: "told", about }];
  }
  if (hasKeda) return [];
  const message = "The cluster does not know KEDA's kinds, so the actor is not scaled; install " +
    "KEDA (https://keda.sh, 2.17 or later), or set scaling.enabled to false.";
  return [{ reason: "KedaMissing", message, weight: "limited", about }];
}

function jobRemarks({ spec }: AsyncActor): Note[] {
  if (spec.workload.type !== "Job" || spec.sidecar.native) return [];
  const message =
    "The sidecar keeps a Job from ending; with sidecar.native it ends with its containers.";
  return [{ reason: "JobNeverEnds", message, weight: "told", about: "workload" }];
}

function runtimeRemarks({ spec }: AsyncActor, place: RuntimePlace): Note[] {
  const { container: { name, command = [] }, injection, isMissing } = place;
  if (injection !== "none") return [];
  const about = "workload";
  if (isMissing) {
    const message = `The operator has no runtime to put into ${name}: its ASYA_RUNTIME_BUNDLE ` +
      "names a folder without one. With runtime.inject: binary it comes from an image.";
    return [{ reason: "RuntimeMissing", message, weight: "limited", about }];
  }
  if (handlerFlags(spec.permissions).length > 0) {
    const message = `permissions are given to the runtime, which is not put into ${name}: it ` +
      "has a command or no handler, or runtime.inject is none.";
    return [{ reason: "PermissionsNotApplied", message, weight: "limited", about }];
  }
  if (spec.runtime.inject === "none" || command.length > 0) return [];
  const message = `${name} has to serve the socket by itself: neither handler nor its ` +
    "ASYA_HANDLER says what the runtime should host.";
  return [{ reason: "NoHandler", message, weight: "told", about }];
}

function telemetryRemarks(actor: AsyncActor, platform: Platform): Note[] {
  const isWanted = wantsTelemetry(actor.spec.telemetry, platform);
  if (!isWanted || telemetryOf(actor, platform)) return [];
  const message = "Nobody is there to take what the programs tell: set telemetry.endpoint, or " +
    "ASYA_TELEMETRY_ENDPOINT of the operator. The actor runs without it.";
  return [{ reason: "TelemetryNowhere", message, weight: "limited", about: "workload" }];
}

/** Pods are found by some labels: of those a template has no say. */
function labelRemarks(actor: AsyncActor): Note[] {
  const { metadata, spec } = actor;
  const given = spec.workload.template.metadata?.labels ?? {};
  return Object.entries(selectorLabels(actor)).flatMap(([label, value]): Note[] => {
    const said = given[label];
    if (said === undefined || said === value) return [];
    const message = `The label ${label}: ${said} of the pod template is replaced by ${value}, by ` +
      `which the pods of ${metadata.name} are found.`;
    return [{ reason: "LabelReplaced", message, weight: "limited", about: "workload" }];
  });
}
