import { desired, type Note, type Platform } from "../desired/desired.ts";
import { againAfter, againAfterDeletion } from "./again_after.ts";
import type { SeenActor, UnreadActor } from "./cluster.ts";
import { KubeError, type KubeErrorCode } from "./kube_error.ts";
import { deletionNotes, deletionStatus, invalidStatus } from "./last_status.ts";
import { Look, type LookParts } from "./look.ts";
import { createMemory, type Memory } from "./memory.ts";
import { notesOf } from "./notes_of.ts";
import type { Outcome } from "./outcome.ts";
import { planActor } from "./plan_actor.ts";
import { isHeld, planDeletion } from "./plan_deletion.ts";
import { RuntimeReconciler } from "./runtime_reconciler.ts";
import { statusOf } from "./status_of.ts";
import type { LivingView, View } from "./view.ts";

/** What a {@linkcode Reconciler} stands on. */
export interface ReconcilerParts extends LookParts {
  readonly platform: Omit<Platform, "hasKeda">;
}

/**
 * Makes the cluster as actors say: looks at what is there and what is wanted, does what is missing,
 * and says how it is. It is told only which actor to look at; what happened is nothing to it.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #runtimes: RuntimeReconciler;
  readonly #memories = new Map<string, Memory>();

  /** @param parts what it stands on */
  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#runtimes = new RuntimeReconciler({ ...parts, platform: () => this.#platform() });
  }

  /**
   * Looks at one actor; at one actor not twice at a time.
   *
   * @param namespace where it is
   * @param name how it is called
   * @throws {KubeError} what was in the way, after everything else was done and said
   */
  async reconcileActor(namespace: string, name: string): Promise<Outcome> {
    const key = `${namespace}/${name}`;
    const actor = this.#parts.cache.actor(namespace, name);
    if (!actor) {
      this.#memories.delete(key);
      return {};
    }
    const look = new Look(this.#memoryOf(key, actor), this.#parts);
    try {
      const { view, outcome } = await this.#lookAt(look, actor);
      const [refusal] = view.refused.values();
      return refusal ? Promise.reject(refusal) : outcome;
    } catch (error) {
      if (!(error instanceof KubeError)) await this.#sayDefect(look, actor, error);
      // What is not found is the actor itself.
      return outcomeOf(error, ["not_found", "terminating"]);
    } finally {
      this.#memories.set(key, look.memory);
      look.tell(actor);
    }
  }

  /**
   * Sees to it that the pods of a namespace find the runtime that they mount, and that what no pod
   * mounts any more goes.
   *
   * @param namespace where
   * @throws {KubeError} what was in the way
   */
  async reconcileRuntime(namespace: string): Promise<Outcome> {
    try {
      return await this.#runtimes.reconcile(namespace);
    } catch (error) {
      return outcomeOf(error, ["terminating"]);
    }
  }

  async #lookAt(look: Look, actor: SeenActor): Promise<Looked> {
    if (actor.metadata.deletionTimestamp !== undefined) {
      const view = await look.until(look.begin(actor), planDeletion);
      if (!isHeld(view)) return { view, outcome: {} };
      await look.say(view, deletionStatus(view), deletionNotes(view));
      return { view, outcome: againAfterDeletion(view) };
    }
    if ("problems" in actor) {
      const view: View<UnreadActor> = look.begin(actor);
      await look.say(view, invalidStatus(view), [invalidNote(actor)]);
      return { view, outcome: {} };
    }
    const first: LivingView = {
      ...look.begin(actor),
      desired: desired(actor, this.#platform()),
    };
    const view = await look.until(first, planActor);
    const notes = notesOf(view);
    await look.say(view, statusOf(view, notes), notes);
    return { view, outcome: againAfter(view) };
  }

  /** What we could not make sense of is a fault of ours, and its owner has to know of it too. */
  async #sayDefect(look: Look, { metadata, status }: SeenActor, error: unknown): Promise<void> {
    const problems = [error instanceof Error ? error.message : String(error)];
    const actor: UnreadActor = { metadata, ...(status && { status }), problems };
    const view = look.begin(actor);
    await look.say(view, invalidStatus(view), [invalidNote(actor)]);
  }

  #memoryOf(key: string, { metadata: { uid } }: SeenActor): Memory {
    const known = this.#memories.get(key);
    return known?.uid === uid ? known : createMemory(uid);
  }

  #platform(): Platform {
    return { ...this.#parts.platform, hasKeda: this.#parts.cache.hasKeda };
  }
}

/** What a look came to. */
interface Looked {
  readonly view: View;
  readonly outcome: Outcome;
}

/** A namespace that is going takes no new objects, and all in it goes with it: nothing is to be done. */
function outcomeOf(error: unknown, ends: readonly KubeErrorCode[]): Outcome {
  if (error instanceof KubeError && ends.includes(error.code)) return {};
  throw error;
}

function invalidNote({ problems }: UnreadActor): Note {
  const message = problems.join("; ");
  return { reason: "InvalidSpec", message, weight: "refused", about: "workload" };
}
