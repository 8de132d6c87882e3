import type { AsyncActor, RabbitmqTransport } from "../actor/async_actor.ts";
import type { Note } from "./note.ts";
import type { Platform } from "./platform.ts";
import { INSTALLER } from "./installer.ts";
import { selectorLabels } from "./names.ts";
import { RUNTIME_CONTAINER, type RuntimePlace, runtimePlace } from "./runtime_container.ts";

/** An actor that can be made, or why none can. */
export type Examined =
  | { readonly ok: true; readonly rabbitmq: RabbitmqTransport; readonly place: RuntimePlace }
  | { readonly ok: false; readonly note: Note };

/**
 * Finds what keeps an actor from being made at all, and its schema cannot tell.
 *
 * @param actor as the API server has it
 */
export function examine(actor: AsyncActor): Examined {
  const { transport, workload, runtime } = actor.spec;
  const { containers, initContainers = [] } = workload.template.spec;
  if (transport.type !== "rabbitmq") {
    const { type } = transport;
    const message = `The transport ${type} is not supported yet; rabbitmq is.`;
    return refuse("TransportNotSupported", message);
  }
  const all = [...containers, ...initContainers];
  if (runtime.inject === "binary" && all.some(({ name }) => name === INSTALLER)) {
    const message = `A container is called ${INSTALLER}; with runtime.inject: binary the ` +
      "operator adds one of that name.";
    return refuse("ContainerNameTaken", message);
  }
  const place = runtimePlace(actor);
  if (!place) {
    const name = workload.template.metadata?.annotations?.[RUNTIME_CONTAINER];
    const names = containers.map(({ name }) => name).join(", ");
    const message =
      `${RUNTIME_CONTAINER} names ${name}, which is no container; there are: ${names}.`;
    return refuse("RuntimeContainerUnknown", message);
  }
  return { ok: true, rabbitmq: transport.rabbitmq, place };
}

/**
 * What the owner of an actor should know of it, though it runs.
 *
 * @param actor as the API server has it
 * @param place the container that serves its socket
 * @param platform what the cluster has
 */
export function remarks(actor: AsyncActor, place: RuntimePlace, platform: Platform): Note[] {
  const { metadata, spec } = actor;
  const { type, template } = spec.workload;
  const notes: Note[] = [];
  const isJob = type === "Job";
  if (spec.scaling.enabled && isJob) {
    notes.push(
      scaling("told", "JobNotScaled", "A Job is not scaled; scaling has no effect on it."),
    );
  } else if (spec.scaling.enabled && !platform.hasKeda) {
    notes.push(scaling(
      "limited",
      "KedaMissing",
      "The cluster does not know KEDA's kinds, so the actor is not scaled; install KEDA " +
        "(https://keda.sh, 2.17 or later), or set scaling.enabled to false.",
    ));
  }
  if (isJob && !spec.sidecar.native) {
    notes.push(workload(
      "told",
      "JobNeverEnds",
      "The sidecar keeps a Job from ending; with sidecar.native it ends with its containers.",
    ));
  }
  if (place.injection === "none" && spec.permissions !== undefined) {
    notes.push(workload(
      "limited",
      "PermissionsNotApplied",
      `permissions are given to the runtime, which is not put into ${place.container.name}: ` +
        "it has a command or no handler, or runtime.inject is none.",
    ));
  }
  const given = template.metadata?.labels ?? {};
  for (const [label, value] of Object.entries(selectorLabels(actor))) {
    if (given[label] === undefined || given[label] === value) continue;
    notes.push(workload(
      "limited",
      "LabelReplaced",
      `The label ${label}: ${given[label]} of the pod template is replaced by ${value}, by which ` +
        `the pods of ${metadata.name} are found.`,
    ));
  }
  return notes;
}

function refuse(reason: string, message: string): Examined {
  return { ok: false, note: { reason, message, weight: "refused", about: "workload" } };
}

function workload(weight: Note["weight"], reason: string, message: string): Note {
  return { reason, message, weight, about: "workload" };
}

function scaling(weight: Note["weight"], reason: string, message: string): Note {
  return { reason, message, weight, about: "scaling" };
}
