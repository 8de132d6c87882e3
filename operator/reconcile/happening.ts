import type { Note } from "../desired/desired.ts";
import type { PlacedRef, Told } from "./cluster.ts";

/** Everything that is told of an actor as Events. */
export type Happening =
  | { readonly kind: "created" | "updated" | "removed" | "replaced"; readonly ref: PlacedRef }
  | { readonly kind: "queue_declared"; readonly queue: string }
  | { readonly kind: "queue_kept"; readonly queue: string }
  /** Something that holds for a while; it is told when it begins. */
  | { readonly kind: "noted"; readonly note: Note };

/** The longest note of an Event. */
const MAX_NOTE = 1_000;

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
      return normal("Created", `Made the ${nameOf(happening.ref)}.`);
    case "updated":
      return normal("Updated", `Changed the ${nameOf(happening.ref)}.`);
    case "removed":
      return normal("Removed", `Removed the ${nameOf(happening.ref)}.`);
    case "replaced":
      return normal(
        "Replaced",
        `Removed the ${nameOf(happening.ref)}, to make it anew: it cannot be changed.`,
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

function nameOf({ kind, name }: PlacedRef): string {
  return `${kind} ${name}`;
}
