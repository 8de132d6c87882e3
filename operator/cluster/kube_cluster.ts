import { Buffer } from "node:buffer";
import type { ActorStatus, SecretKey } from "../actor/async_actor.ts";
import type { KubeObject } from "../actor/kube_object.ts";
import { recordOf } from "../actor/schema/record_of.ts";
import { FIELD_MANAGER } from "../desired/names.ts";
import type { Cluster, LiveObject, PlacedRef, SeenActor } from "../reconcile/cluster.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Api } from "./api.ts";
import { ACTOR_KIND, kindOf, pathOf } from "./kinds.ts";
import { parseLiveObject } from "./parse_live_object.ts";

const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";

/** By force: fields of ours that somebody else wrote are ours again. */
const AS_US = { fieldManager: FIELD_MANAGER, force: "true" };

/** Who says how many replicas stay. */
const REPLICAS_MANAGER = `${FIELD_MANAGER}-replicas`;

/** What a reconcile may do, as requests of the API server. */
export class KubeCluster implements Cluster {
  readonly #api: Api;

  /** @param api what is asked */
  constructor(api: Api) {
    this.#api = api;
  }

  async read(ref: PlacedRef): Promise<LiveObject | undefined> {
    const kind = kindOf(ref);
    const path = pathOf(kind, ref.namespace, ref.name);
    const isSecret = ref.kind === "Secret";
    const object = await foundOrNot(this.#api.ask({ verb: "get", path, isSecret }));
    return object === undefined ? undefined : parseLiveObject(kind, object);
  }

  async apply(object: KubeObject): Promise<LiveObject> {
    const kind = kindOf(object);
    const { namespace, name } = object.metadata;
    const applied = await this.#api.ask({
      verb: "patch",
      path: pathOf(kind, namespace, name),
      query: AS_US,
      body: object,
      contentType: APPLY,
      isSecret: object.kind === "Secret",
    });
    return parseLiveObject(kind, applied);
  }

  async keepReplicas(
    { apiVersion, kind, namespace, name, uid, replicas }: LiveObject,
  ): Promise<void> {
    await this.#api.ask({
      verb: "patch",
      path: pathOf(kindOf({ apiVersion, kind }), namespace, name),
      // Without force: who has changed them in between counts, and is asked again.
      query: { fieldManager: REPLICAS_MANAGER },
      body: { apiVersion, kind, metadata: { namespace, name, uid }, spec: { replicas } },
      contentType: APPLY,
    });
  }

  async remove(object: LiveObject, dependants: "Background" | "Orphan"): Promise<void> {
    await foundOrNot(this.#api.ask({
      verb: "delete",
      path: pathOf(kindOf(object), object.namespace, object.name),
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions: { uid: object.uid },
        propagationPolicy: dependants,
      },
    }));
  }

  async setFinalizers({ metadata }: SeenActor, finalizers: readonly string[]): Promise<string> {
    const { namespace, name, resourceVersion } = metadata;
    const patched = await this.#api.ask({
      verb: "patch",
      path: pathOf(ACTOR_KIND, namespace, name),
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { finalizers, resourceVersion } },
      contentType: MERGE,
    });
    return versionOf(patched);
  }

  async applyStatus({ metadata }: SeenActor, status: ActorStatus): Promise<string> {
    const { namespace, name, uid } = metadata;
    const { apiVersion, kind } = ACTOR_KIND;
    const applied = await this.#api.ask({
      verb: "patch",
      path: pathOf(ACTOR_KIND, namespace, name, "status"),
      query: AS_US,
      // With its uid, so that an actor that went, and came again, does not get the status of before.
      body: { apiVersion, kind, metadata: { namespace, name, uid }, status },
      contentType: APPLY,
    });
    return versionOf(applied);
  }

  async readSecret(namespace: string, { name, key }: SecretKey): Promise<string | undefined> {
    const path = pathOf(kindOf({ apiVersion: "v1", kind: "Secret" }), namespace, name);
    const secret = recordOf(await foundOrNot(this.#api.ask({ verb: "get", path, isSecret: true })));
    const data = recordOf(secret.data);
    const encoded = Object.hasOwn(data, key) ? data[key] : undefined;
    return typeof encoded === "string"
      ? Buffer.from(encoded, "base64").toString("utf8")
      : undefined;
  }
}

function versionOf(object: unknown): string {
  const { resourceVersion } = recordOf(recordOf(object).metadata);
  if (typeof resourceVersion === "string") return resourceVersion;
  throw new KubeError("unreachable", "an AsyncActor came without its resourceVersion");
}

async function foundOrNot(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.code === "not_found") return undefined;
    throw error;
  }
}
