import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import { type Consumer, openSqlite, type Transport } from "@asya/transport";

/** What an actor knows of the job that it works on. */
export interface Work {
  readonly payload: JsonObject;
  /** Aborts when the actors end. */
  readonly signal: AbortSignal;
  /** Says that it goes on: a word, or a chunk of output. */
  tell(more: { readonly message?: string; readonly partial?: Json }): Promise<void>;
}

/** What an actor does with a job: answers with its result, or throws. */
export type Act = (work: Work) => Json | Promise<Json>;

/** An actor's own word for a failure; what it says is the job's error. */
export class ActFailure extends Error {
  override readonly name = "ActFailure";
}

/** How many jobs an actor works on at a time. */
const PREFETCH = 50;

/**
 * One actor for each queue, behind the queues in a file. Each does in one step what sidecars,
 * runtimes and terminal actors do in several: takes a message, reports progress and the end.
 */
export class ScriptedActors implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #gatewayUrl: string;
  readonly #consumers: Consumer[] = [];
  readonly #working = new Set<Promise<void>>();
  readonly #end = new AbortController();

  private constructor(transport: Transport, gatewayUrl: string) {
    this.#transport = transport;
    this.#gatewayUrl = gatewayUrl;
  }

  /**
   * Starts them.
   *
   * @param path the file with the queues
   * @param gatewayUrl where reports go, as `http://host:port`
   * @param acts what each queue's actor does
   */
  static async start(
    path: string,
    gatewayUrl: string,
    acts: Readonly<Record<string, Act>>,
  ): Promise<ScriptedActors> {
    const actors = new ScriptedActors(await openSqlite({ path }), gatewayUrl);
    await actors.#transport.declare(Object.keys(acts));
    for (const [queue, act] of Object.entries(acts)) await actors.#consume(queue, act);
    return actors;
  }

  async #consume(queue: string, act: Act): Promise<void> {
    const consumer = await this.#transport.consume(queue, {
      prefetch: PREFETCH,
      onDelivery: (delivery) => {
        const work = this.#work(queue, act, delivery.body).then(() => delivery.ack());
        const done = work.finally(() => this.#working.delete(done));
        this.#working.add(done);
      },
    });
    this.#consumers.push(consumer);
  }

  async #work(step: string, act: Act, body: Uint8Array): Promise<void> {
    const parsed = parseJson(body);
    const message = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
    const payload = isJsonObject(message.payload) ? message.payload : {};
    const id = String(message.job_id);
    const place = { step, step_index: 0, total_steps: 1, actor_name: step };
    const progress = (report: object) => this.#report(id, "progress", { ...place, ...report });
    await progress({ status: "received" });
    const final = await this.#actOn(act, {
      payload,
      signal: this.#end.signal,
      tell: (more) => progress({ status: "processing", ...more }),
    });
    await progress({ status: "completed" });
    await this.#report(id, "final", final);
  }

  async #actOn(act: Act, work: Work): Promise<object> {
    try {
      return { status: "succeeded", result: await act(work) };
    } catch (error) {
      if (!(error instanceof ActFailure)) throw error;
      return { status: "failed", error: error.message };
    }
  }

  async #report(id: string, kind: string, report: object): Promise<void> {
    if (this.#end.signal.aborted) return;
    const response = await fetch(`${this.#gatewayUrl}/jobs/${id}/${kind}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(report),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} for ${kind} of ${id}: ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
    await Promise.all(this.#working);
    await this.#transport.close();
  }
}
