import { DEFAULT_MAX_FRAME_BYTES } from "@asya/protocol";
import { type BakedPermissions, permissionFlags } from "@asya/program";
import { joinEnv } from "../plan/plan_join.ts";
import {
  HANDLER_PERMISSIONS,
  type HandlerPermissions,
  type MeshActor,
} from "../file/mesh_actor.ts";
import type { ExportedDatabase } from "./database.ts";
import type { ExportedBroker } from "./export_broker.ts";
import { exportEnv, plainEnv } from "./export_env.ts";
import type { ExportedObject, ExportOptions } from "./exported.ts";

/** What an actor needs to know of its mesh. */
export interface ActorPlace extends ExportOptions {
  readonly broker: ExportedBroker;
  /** What every sidecar is told, by variable. */
  readonly sidecarEnv: Readonly<Record<string, string>>;
  /** What the handlers of joins may do. */
  readonly joinPermissions: BakedPermissions;
  /** Where joins keep branches. */
  readonly database: ExportedDatabase;
}

/** Where images that are made from Deno's own keep packages of npm. */
export const NPM_FOLDER = "/deno-dir/npm";

/** The handler of joins, from the folder that their image works in. */
const JOIN = "./join.js#Join.handle";

/** What an AsyncActor has where it does not say it. */
const DEFAULTS = { queueLength: 5, maxReplicas: 50 } as const;

/**
 * An actor as the resource that the operator takes. What has the value that it would have anyway is
 * left out.
 *
 * @param actor what the mesh's file says
 * @param place what of the mesh concerns it
 */
export function exportActor(actor: MeshActor, place: ActorPlace): ExportedObject {
  const { name, prefetch, concurrency, timeoutMs, allowedSteps, metrics } = actor;
  const hosted = actor.handler === undefined ? joinOf(actor, place) : handlerOf(actor, place);
  const env = [
    ...plainEnv({ ASYA_CONCURRENCY: concurrency === 1 ? undefined : String(concurrency) }),
    ...hosted.env,
    ...exportEnv(name, actor.env),
  ];
  const sidecarEnv = plainEnv({
    ...place.sidecarEnv,
    ASYA_RABBITMQ_PREFETCH: prefetch === 1 ? undefined : String(prefetch),
    ...(allowedSteps && { ASYA_ALLOWED_STEPS: allowedSteps.join(",") }),
    ...(metrics && { ASYA_CUSTOM_METRICS: JSON.stringify(metrics) }),
  });
  const { namespace, broker } = place;
  return {
    apiVersion: "asya.io/v1alpha1",
    kind: "AsyncActor",
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: {
      queueName: name,
      transport: { type: "rabbitmq", rabbitmq: broker },
      handler: hosted.handler,
      ...(Object.keys(hosted.permissions).length > 0 && { permissions: hosted.permissions }),
      ...(sidecarEnv.length > 0 && { sidecar: { env: sidecarEnv } }),
      // A frame may be as large as here.
      socket: { maxSize: String(DEFAULT_MAX_FRAME_BYTES) },
      timeout: { processing: Math.ceil(timeoutMs / 1_000) },
      scaling: scalingOf(actor, place),
      workload: {
        type: "Deployment",
        ...(!place.isScaled && { replicas: actor.replicas }),
        template: {
          spec: {
            containers: [{
              name: "handler",
              image: hosted.image,
              ...(env.length > 0 && { env }),
            }],
          },
        },
      },
    },
  };
}

/** An author's handler. */
function handlerOf(actor: MeshActor, { image }: ActorPlace) {
  return { image, handler: actor.handler, env: [], permissions: inImage(actor.permissions) };
}

/** Our own handler of joins, which keeps branches in the gateway's database. */
function joinOf(actor: MeshActor, place: ActorPlace) {
  const { ASYA_DATABASE_URL: url = "", ...told } = joinEnv(actor, {
    url: place.database.url,
    folder: "",
    joins: "",
  });
  const database = {
    name: "ASYA_DATABASE_URL",
    valueFrom: { secretKeyRef: place.database.secret },
  };
  const env = [...plainEnv(told), database];
  const flags = permissionFlags(place.joinPermissions, { ...told, ASYA_DATABASE_URL: url });
  return { image: place.actorsImage, handler: JOIN, env, permissions: permissionsOf(flags) };
}

/** An actor that there are several of is never scaled below that. */
function scalingOf({ replicas, prefetch }: MeshActor, { isScaled }: ActorPlace) {
  if (!isScaled) return { enabled: false };
  // Messages in hand count too: what one replica holds must not ask for a second one.
  const queueLength = Math.max(prefetch, DEFAULTS.queueLength);
  return {
    enabled: true,
    ...(replicas > 1 && { minReplicas: replicas }),
    ...(replicas > DEFAULTS.maxReplicas && { maxReplicas: replicas }),
    ...(queueLength > DEFAULTS.queueLength && { queueLength }),
  };
}

/** What a handler may do where its packages are those of an image. */
function inImage(permissions: HandlerPermissions): HandlerPermissions {
  const kinds = Object.entries(permissions).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(kinds.map(([kind, entries]) => {
    const moved = entries.map((entry) => entry.startsWith("npm:") ? NPM_FOLDER : entry);
    return [kind, [...new Set(moved)]];
  }));
}

/** The permissions of flags such as `--allow-net=db:5432`. */
function permissionsOf(flags: readonly string[]): HandlerPermissions {
  return Object.fromEntries(HANDLER_PERMISSIONS.flatMap((kind) => {
    const start = `--allow-${kind}=`;
    const flag = flags.find((flag) => flag.startsWith(start));
    return flag === undefined ? [] : [[kind, flag.slice(start.length).split(",")]];
  }));
}
