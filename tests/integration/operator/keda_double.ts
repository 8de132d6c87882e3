import type { KubeClient, KubeObject, NewObject } from "../../kit/kube.ts";
import { refOf } from "../../kit/kube.ts";

/** What KEDA puts on its objects, so that it hears of their end. */
const FINALIZER = "finalizer.keda.sh";

/** Definitions of KEDA's kinds, as far as the operator has to do with them; they take any spec. */
export const KEDA_CRDS: readonly NewObject[] = [
  definition("ScaledObject", "scaledobjects"),
  definition("TriggerAuthentication", "triggerauthentications"),
];

/**
 * What KEDA does with ScaledObjects where KEDA itself does not run: it says that they are ready,
 * and lets go of those that are to go.
 */
export class KedaDouble implements AsyncDisposable {
  /** Whether it lets go; a KEDA that is away does not. */
  isAway = false;
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  /**
   * @param client an administrator's
   * @param namespace where it works
   */
  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#running = this.#run();
  }

  /** Looks at everything again: it was away. */
  async comeBack(): Promise<void> {
    this.isAway = false;
    const type = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };
    const all = await this.#client.list({ ...type, namespace: this.#namespace });
    for (const object of all) await this.#see(object);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    const type = {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      namespace: this.#namespace,
    };
    while (!signal.aborted) {
      try {
        for await (const { type: kind, object } of this.#client.watch(type, {}, signal)) {
          if (kind === "ADDED" || kind === "MODIFIED") await this.#see(object);
        }
      } catch {
        // The watch was cut, or somebody else wrote in between: it begins again with all there is.
        await new Promise((resolve) => setTimeout(resolve, signal.aborted ? 0 : 50));
      }
    }
  }

  async #see(object: KubeObject): Promise<void> {
    if (this.isAway) return;
    const { finalizers = [], deletionTimestamp, resourceVersion } = object.metadata;
    const isHeld = finalizers.includes(FINALIZER);
    const others = finalizers.filter((name) => name !== FINALIZER);
    const ref = refOf(object);
    if (deletionTimestamp) {
      if (!isHeld) return;
      await this.#client.mergePatch(ref, { metadata: { finalizers: others, resourceVersion } });
    } else if (!isHeld) {
      const metadata = { finalizers: [...others, FINALIZER], resourceVersion };
      await this.#client.mergePatch(ref, { metadata });
    } else if (object.status === undefined) {
      const conditions = [{ type: "Ready", status: "True", reason: "ScaledObjectReady" }];
      await this.#client.mergePatch(ref, { status: { conditions } }, "status");
    }
  }
}

function definition(kind: string, plural: string): NewObject {
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.keda.sh` },
    spec: {
      group: "keda.sh",
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{
        name: "v1alpha1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: { type: "object", properties: { spec: open, status: open } },
        },
      }],
    },
  };
}
