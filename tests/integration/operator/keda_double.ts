import {
  type KubeClient,
  type KubeObject,
  KubeRefusal,
  refOf,
  type WatchEvent,
} from "../../kit/kube.ts";
import { kedaCrds } from "../../kit/kube/keda/keda_crds.ts";
import { pause, poll } from "../../kit/poll.ts";

/** What KEDA puts on its objects, so that it hears of their end. */
const FINALIZER = "finalizer.keda.sh";

const SCALED_OBJECT = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };

const DEFINITIONS = kedaCrds();

/**
 * Makes KEDA's kinds known where they are not; those of a KEDA that is there are left alone.
 *
 * @returns removes them again; nothing where they were there
 */
export async function installKeda(client: KubeClient): Promise<AsyncDisposable | undefined> {
  const there = await Promise.all(DEFINITIONS.map((crd) => client.get(refOf(crd))));
  if (there.some((crd) => crd !== undefined)) return undefined;
  for (const crd of DEFINITIONS) await client.create(crd);
  await poll("KEDA's kinds to be served", async () => {
    const paths = ["scaledobjects", "triggerauthentications"];
    const answers = await Promise.all(
      paths.map((path) => client.send("GET", `/apis/keda.sh/v1alpha1/${path}?limit=1`)),
    );
    return answers.every(({ status }) => status === 200);
  }, { timeoutMs: 30_000 });
  return {
    async [Symbol.asyncDispose]() {
      for (const crd of DEFINITIONS) await client.remove(refOf(crd));
    },
  };
}

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
    // What it stumbles over is thrown at its end, to whoever waits for that.
    this.#running.catch(() => this.#end.abort());
  }

  /** Looks at everything again: it was away. */
  async comeBack(): Promise<void> {
    this.isAway = false;
    const all = await this.#client.list({ ...SCALED_OBJECT, namespace: this.#namespace });
    for (const object of all) await this.#see(object);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for await (const { type, object } of this.#changes()) {
      if (type === "ADDED" || type === "MODIFIED") await this.#see(object);
    }
  }

  /** What changes, until the end: a watch that breaks begins again with all there is. */
  async *#changes(): AsyncGenerator<WatchEvent, void> {
    const { signal } = this.#end;
    const type = { ...SCALED_OBJECT, namespace: this.#namespace };
    while (!signal.aborted) {
      try {
        yield* this.#client.watch(type, {}, signal);
      } catch (error) {
        if (error instanceof KubeRefusal && !isPassing(error)) throw error;
        // For a server that ends every watch at once.
        if (!signal.aborted) await pause(20);
      }
    }
  }

  async #see(object: KubeObject): Promise<void> {
    if (this.isAway) return;
    try {
      await this.#answer(object);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
    }
  }

  async #answer(object: KubeObject): Promise<void> {
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

/** Whether an object is another one by now, or gone: the watch tells of that too. */
function isOvertaken(error: unknown): boolean {
  return error instanceof KubeRefusal && (error.status === 404 || error.status === 409);
}

/** Whether a watch that is refused may be had later. */
function isPassing({ status }: KubeRefusal): boolean {
  return status === 404 || status === 410 || status === 429 || status >= 500;
}
