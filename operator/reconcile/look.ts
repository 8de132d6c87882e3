import { isDeepStrictEqual } from "node:util";
import type { ActorStatus } from "../actor/async_actor.ts";
import type { Note } from "../desired/note.ts";
import type { Action } from "./action.ts";
import type { Cache, Recorder, SeenActor } from "./cluster.ts";
import { gather, type Happening, tell } from "./happening.ts";
import type { Memory } from "./memory.ts";
import { isLater, objectKey } from "./object_key.ts";
import { perform } from "./perform.ts";
import type { Tools } from "./tools.ts";
import { type View, withMemory } from "./view.ts";

/** What a {@linkcode Look} stands on. */
export interface LookParts extends Omit<Tools, "note"> {
  readonly cache: Cache;
  readonly recorder: Recorder;
}

/** Plans that do not come to an end are a fault of ours, not something to go on with. */
const MAX_ROUNDS = 50;

/** One look at an actor: what is done in it is remembered even where it ends early. */
export class Look {
  readonly #parts: LookParts;
  readonly #happenings: Happening[] = [];
  #memory: Memory;

  /**
   * @param memory what was done for the actor before
   * @param parts what it stands on
   */
  constructor(memory: Memory, parts: LookParts) {
    this.#memory = memory;
    this.#parts = parts;
  }

  /** What is done for the actor by now. */
  get memory(): Memory {
    return this.#memory;
  }

  /**
   * What is known before anything is asked or done.
   *
   * @param actor who is looked at
   */
  begin<A extends SeenActor>(actor: A): View<A> {
    const { namespace, name } = actor.metadata;
    const labelled = this.#parts.cache.labelled(namespace, name);
    return {
      actor,
      live: new Map(labelled.map((object) => [objectKey(object), object])),
      asked: new Set(),
      refused: new Map(),
      memory: this.#memory,
      nowMs: this.#parts.now().getTime(),
    };
  }

  /**
   * Does what is planned, until nothing is left to do.
   *
   * @param first what is known to begin with
   * @param plan what to do next; nothing when all is done
   * @returns what is known then
   * @throws {KubeError} what stood in the way of everything
   */
  async until<V extends View>(first: V, plan: (view: V) => Action[]): Promise<V> {
    const note = (happening: Happening) => this.#happenings.push(happening);
    const tools = { ...this.#parts, note };
    let view = first;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const actions = plan(view);
      if (actions.length === 0) return view;
      for (const action of actions) {
        view = await perform(action, view, tools);
        this.#memory = view.memory;
      }
    }
    const { name } = first.actor.metadata;
    throw new RangeError(`there was more to do for ${name} after each of ${MAX_ROUNDS} rounds`);
  }

  /**
   * Tells what happened.
   *
   * @param actor whose owner is told
   */
  tell(actor: SeenActor): void {
    for (const happening of gather(this.#happenings)) {
      this.#parts.recorder.record(actor, tell(happening));
    }
  }

  /**
   * Writes the status if it is another one, and notes what holds for the first time.
   *
   * @param view what is known
   * @param status how the actor is
   * @param notes what its owner should know
   */
  async say<V extends View>(view: V, status: ActorStatus, notes: readonly Note[]): Promise<void> {
    const { cluster } = this.#parts;
    const told = notes.map(({ reason, message }) => `${reason}: ${message}`);
    for (const [at, text] of told.entries()) {
      const note = notes[at];
      if (note && !view.memory.told.includes(text)) {
        this.#happenings.push({ kind: "noted", note });
      }
    }
    this.#memory = withMemory(view, { told }).memory;
    if (isDeepStrictEqual(standing(view), status)) return;
    const actorVersion = await cluster.applyStatus(view.actor, status);
    this.#memory = { ...this.#memory, status, actorVersion };
  }
}

/** The status as it is there: what we wrote, where no watch has shown that yet. */
function standing({ actor, memory }: View): ActorStatus | undefined {
  const isOld = memory.actorVersion !== undefined &&
    isLater(memory.actorVersion, actor.metadata.resourceVersion);
  return isOld && memory.status ? memory.status : actor.status;
}
