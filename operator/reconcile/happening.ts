import type { Note } from "../desired/desired.ts";
import type { PlacedRef, Told } from "./cluster.ts";

/** Everything that is told of an actor as Events. */
export type Happening =
  | {
    readonly kind: "created" | "updated" | "removed" | "replaced";
    readonly refs: readonly PlacedRef[];
  }
  | { readonly kind: "queue_declared"; readonly queue: string }
  | { readonly kind: "queue_kept"; readonly queue: string }
  /** Something that holds for a while; it is told when it begins. */
  | { readonly kind: "noted"; readonly note: Note };

/** The longest note of an Event. */
const MAX_NOTE = 1_000;

/**
 * Puts together what happened to several objects, so that one Event tells of all.
 *
 * @param happenings what happened, in order
 */
export function gather(happenings: readonly Happening[]): Happening[] {
  const gathered: Happening[] = [];
  for (const happening of happenings) {
    const at = gathered.findIndex(({ kind }) => kind === happening.kind);
    const before = gathered[at];
    if (before && "refs" in before && "refs" in happening) {
      gathered[at] = { ...before, refs: [...before.refs, ...happening.refs] };
    } else gathered.push(happening);
  }
  return gathered;
}

/**
 * What happened, in the words of an Event.
 *
 * @param happening what happened
 */
export function tell(happening: Happening): Told {
  const { type, reason, note } = wordsOf(happening);
  return { type, reason, note: note.slice(0, MAX_NOTE) };
}

function wordsOf(happening: Happening): Told {
  switch (happening.kind) {
    case "created":
      return normal("Created", `Made ${namesOf(happening.refs)}.`);
    case "updated":
      return normal("Updated", `Changed ${namesOf(happening.refs)}.`);
    case "removed":
      return normal("Removed", `Removed ${namesOf(happening.refs)}.`);
    case "replaced":
      return normal(
        "Replaced",
        `Removed ${namesOf(happening.refs)}, to make it anew: it cannot be changed.`,
      );
    case "queue_declared":
      return normal("QueueDeclared", `The queue ${happening.queue} is there.`);
    case "queue_kept":
      return normal(
        "QueueKept",
        `The queue ${happening.queue} stays, with its messages; delete it in the broker if nobody ` +
          "needs it.",
      );
    case "noted": {
      const { reason, message, weight } = happening.note;
      return { type: weight === "told" ? "Normal" : "Warning", reason, note: message };
    }
  }
}

function normal(reason: string, note: string): Told {
  return { type: "Normal", reason, note };
}

function namesOf(refs: readonly PlacedRef[]): string {
  return refs.map(({ kind, name }) => `the ${kind} ${name}`).join(", ");
}
