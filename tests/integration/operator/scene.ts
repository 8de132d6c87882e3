import { parseAllDocuments } from "yaml";
import { actorCrd } from "../../../operator/actor/actor_crd.ts";
import { poll } from "../../kit/poll.ts";
import { freePort } from "../../kit/free_port.ts";
import {
  findKube,
  type KubeObject,
  type KubeOptions,
  type KubeRef,
  KubeRefusal,
  type NewObject,
  refOf,
  type TestKube,
} from "../../kit/kube.ts";
import type { RunningProcess } from "../../kit/running_process.ts";
import { pathOf, startProgram } from "../../kit/start_program.ts";
import { makeTempFolder, type TempFolder } from "../../kit/temp_folder.ts";
import { installKeda, KedaDouble } from "./keda_double.ts";

/** The kinds of objects that an operator makes. */
const MADE: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "v1", kind: "Secret" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "apps/v1", kind: "StatefulSet" },
  { apiVersion: "batch/v1", kind: "Job" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication" },
  { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
];

/** How a scene is set. */
export interface SceneOptions extends KubeOptions {
  /** Whether the cluster has KEDA's kinds. */
  readonly hasKeda?: boolean;
}

/** A namespace of a cluster, with operators that are processes and may do what ours may do. */
export class OperatorScene implements AsyncDisposable {
  readonly operators: RunningProcess[] = [];
  readonly kube: TestKube;
  readonly namespace: string;
  /** What stands for KEDA, where the cluster has none of its own. */
  keda: KedaDouble | undefined;
  readonly #folder: TempFolder;
  readonly #kubeconfig: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    kube: TestKube,
    parts: {
      readonly namespace: string;
      readonly folder: TempFolder;
      readonly kubeconfig: string;
      readonly stack: AsyncDisposableStack;
    },
  ) {
    this.kube = kube;
    this.namespace = parts.namespace;
    this.#folder = parts.folder;
    this.#kubeconfig = parts.kubeconfig;
    this.#stack = parts.stack;
  }

  /** Sets a scene, without an operator. */
  static async set({ hasKeda = true, ...options }: SceneOptions = {}): Promise<OperatorScene> {
    await using stack = new AsyncDisposableStack();
    const crds = [actorCrd as unknown as NewObject];
    const kube = stack.use(await findKube({ isPlain: true, ...options, crds }));
    const keda = hasKeda ? await installKeda(kube.client) : undefined;
    if (keda) stack.use(keda);
    const { name: namespace } = stack.use(await kube.createNamespace());
    const folder = stack.use(await makeTempFolder());
    await folder.write("runtime/main.js", "run();");
    await folder.write("runtime/mod.ts", "export {};");
    const kubeconfig = await kube.writeKubeconfig(await letIn(kube, namespace));
    const scene = new OperatorScene(kube, { namespace, folder, kubeconfig, stack: stack.move() });
    if (keda) scene.keda = scene.#stack.use(new KedaDouble(kube.client, namespace));
    return scene;
  }

  /** Starts one more operator. */
  async startOperator(env: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
    const operator = await startProgram("operator", {
      name: `operator ${this.operators.length + 1}`,
      env: {
        KUBECONFIG: this.#kubeconfig,
        ASYA_WATCH_NAMESPACE: this.namespace,
        ASYA_LEASE_NAMESPACE: this.namespace,
        ASYA_OPERATOR_ADDR: `127.0.0.1:${freePort()}`,
        ASYA_RUNTIME_BUNDLE: this.#folder.at("runtime"),
        ...env,
      },
    });
    this.operators.push(operator);
    return operator;
  }

  /** Makes an actor, or changes it to say exactly this. */
  async apply(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<KubeObject> {
    return await this.kube.client.apply({
      apiVersion: "asya.io/v1alpha1",
      kind: "AsyncActor",
      metadata: { name, namespace: this.namespace },
      spec: specWith(spec),
    });
  }

  /** An actor, or an object that has the actor's name if it is said of which kind. */
  ref(name: string, kind = "AsyncActor"): KubeRef {
    const made = MADE.find((one) => one.kind === kind);
    const apiVersion = made?.apiVersion ?? "asya.io/v1alpha1";
    return { apiVersion, kind, name, namespace: this.namespace };
  }

  /** Everything that an operator made and that has labels; kinds that nobody knows have none. */
  async made(labelSelector: string): Promise<KubeObject[]> {
    const lists = await Promise.all(MADE.map(async ({ apiVersion, kind }) => {
      try {
        const type = { apiVersion, kind, namespace: this.namespace };
        return await this.kube.client.list(type, { labelSelector });
      } catch (error) {
        if (error instanceof KubeRefusal && error.status === 404) return [];
        throw error;
      }
    }));
    return lists.flat();
  }

  /** Everything of an actor, by kind and name. */
  async kindsOf(actorName: string): Promise<string[]> {
    const made = await this.made(`asya.io/asya=${actorName}`);
    return made.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
  }

  /** Waits until exactly these kinds are there for an actor. */
  async untilKinds(actorName: string, wanted: readonly string[]): Promise<void> {
    let seen: string[] = [];
    try {
      await poll(`${wanted} of ${actorName}`, async () => {
        seen = await this.kindsOf(actorName);
        return seen.join() === wanted.toSorted().join();
      }, { timeoutMs: 15_000 });
    } catch (error) {
      throw new Error(`of ${actorName} there is ${seen}; wanted: ${wanted.toSorted()}`, {
        cause: error,
      });
    }
  }

  /** Waits until an actor's condition says this: `True AsAsked`. */
  async untilCondition(name: string, type: string, wanted: string): Promise<KubeObject> {
    const found = await this.kube.client.until(
      this.ref(name),
      (actor) => conditionOf(actor, type) === wanted,
      `${type} ${wanted}`,
      20_000,
    );
    if (!found) throw new Error(`${name} is gone`);
    return found;
  }

  /** Waits until the operator has acted on the newest spec of an actor. */
  async untilSeen(name: string, timeoutMs = 10_000): Promise<KubeObject> {
    const found = await this.kube.client.until(
      this.ref(name),
      (actor) => statusOf(actor).observedGeneration === actor?.metadata.generation,
      "its newest spec to be acted on",
      timeoutMs,
    );
    if (!found) throw new Error(`${name} is gone`);
    return found;
  }

  /** Asks an actor to go and waits until it is gone. */
  async remove(name: string): Promise<void> {
    await this.kube.client.remove(this.ref(name));
    await this.kube.client.until(this.ref(name), (actor) => actor === undefined, "to be gone");
  }

  /** The reasons of Events about an actor. */
  async eventsOf(name: string): Promise<string[]> {
    const type = { apiVersion: "events.k8s.io/v1", kind: "Event", namespace: this.namespace };
    const events = await this.kube.client.list(type);
    return events.filter(({ regarding }) => (regarding as { name?: string })?.name === name)
      .map(({ reason }) => String(reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const operator of this.operators) await operator.stop();
    // Nobody is left who would let go of them, and their namespace waits for them.
    const actors = await this.kube.client.list(this.ref(""));
    for (const object of [...actors, ...await this.made("asya.io/asya")]) {
      if (!object.metadata.finalizers?.length) continue;
      await this.kube.client.mergePatch(refOf(object), { metadata: { finalizers: [] } });
    }
    await this.#stack[Symbol.asyncDispose]();
  }
}

/** What an actor's status says of something: `True AsAsked`. */
export function conditionOf(actor: KubeObject | undefined, type: string): string | undefined {
  const found = statusOf(actor).conditions?.find((condition) => condition.type === type);
  return found && `${found.status} ${found.reason}`;
}

/** A spec that says as little as it can, and whose queue is others' business. */
export function specWith(spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    queueName: "ocr",
    handler: "./ocr.ts",
    transport: { type: "rabbitmq", rabbitmq: { host: "rabbitmq" } },
    sidecar: { env: [{ name: "ASYA_QUEUE_CREATE", value: "none" }] },
    workload: { template },
    ...spec,
  };
}

/** The least that a pod can be. */
export const template = { spec: { containers: [{ name: "handler", image: "denoland/deno" }] } };

function statusOf(actor: KubeObject | undefined) {
  return (actor?.status ?? {}) as {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
    }[];
  };
}

/** What the operator may do, as the file says that its chart is held to. */
export async function readRules(): Promise<readonly Rule[]> {
  const text = await Deno.readTextFile(pathOf("operator/config/rbac.yaml"));
  return parseAllDocuments(text).flatMap((document): Rule[] => document.toJS().rules);
}

/** A rule of a Role. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Makes a ServiceAccount that may do in a namespace what the operator may do there, and nothing else.
 *
 * @returns its token
 */
async function letIn({ client }: TestKube, namespace: string): Promise<string> {
  const rules = await readRules();
  const name = "asya-operator";
  const metadata = { name, namespace };
  const api = "rbac.authorization.k8s.io";
  await client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  await client.create({ apiVersion: `${api}/v1`, kind: "Role", metadata, rules });
  await client.create({
    apiVersion: `${api}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: api, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const answer = await client.send("POST", path, { body });
  const { status } = answer.body as { readonly status?: { readonly token?: string } };
  if (!status?.token) throw new Error(`no token came: ${JSON.stringify(answer.body)}`);
  return status.token;
}
