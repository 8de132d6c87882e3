import { platform } from "../../desired/testing/scene.ts";
import type { Queues, Recorder, SeenActor, Told } from "../cluster.ts";
import { Reconciler } from "../reconciler.ts";
import { MemoryCluster } from "./memory_cluster.ts";

export { platform };

/** For tests: an operator's reconciler in a cluster in memory, and what it was heard to say. */
export class Scene {
  readonly cluster = new MemoryCluster();
  readonly told: Told[] = [];
  readonly declared: string[] = [];
  /** What stands in the way of queues. */
  brokerProblem: string | undefined;
  /** Is told whenever a queue is to be declared. */
  triedQueue = () => {};
  /** What the operator that is started next knows. */
  platform = platform;
  nowMs = Date.parse("2026-01-01T00:00:00Z");
  reconciler: Reconciler;

  constructor() {
    this.reconciler = this.#start();
  }

  /** Lets another process take over, which remembers nothing. */
  restart(): void {
    this.reconciler = this.#start();
  }

  /** Looks at the actor once, and says what was written. */
  async look(name = "ocr"): Promise<readonly string[]> {
    const before = this.cluster.writes.length;
    await this.reconciler.reconcileActor("docs", name);
    return this.cluster.writes.slice(before);
  }

  /** Everything there is, by kind and name. */
  get kinds(): readonly string[] {
    return [...this.cluster.objects.keys()].toSorted();
  }

  /** Whether an actor is so, and why: `True AsAsked`. */
  condition(type: string, name = "ocr"): string | undefined {
    const conditions = this.cluster.actorNow(name)?.status?.conditions ?? [];
    const found = conditions.find((condition) => condition.type === type);
    return found && `${found.status} ${found.reason}`;
  }

  #start(): Reconciler {
    const queues: Queues = {
      declare: (actor) => {
        this.triedQueue();
        if (this.brokerProblem === undefined) this.declared.push(actor.spec.queueName);
        return Promise.resolve(this.brokerProblem);
      },
    };
    const recorder: Recorder = {
      record: (_actor: SeenActor, told) => this.told.push(told),
    };
    const { cluster, platform } = this;
    const now = () => new Date(this.nowMs);
    return new Reconciler({ ...{ cluster, cache: cluster, queues, recorder, platform, now } });
  }
}
