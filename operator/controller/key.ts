/** What is reconciled at a time: an actor, or the runtime's files of a namespace. */
export type Key =
  | { readonly kind: "actor"; readonly namespace: string; readonly name: string }
  | { readonly kind: "runtime"; readonly namespace: string };

/** Something that a watch saw. */
export interface Change {
  /** `actor`: the resource itself; `object`: something that the operator made. */
  readonly of: "actor" | "object";
  readonly namespace: string;
  /** The actors that it is about. */
  readonly actorNames: readonly string[];
  /** Whether it holds the runtime's files, or mounts them. */
  readonly isOfRuntime: boolean;
}

/**
 * What has to be looked at again because of a change.
 *
 * @param change what was seen
 */
export function keysOf({ of, namespace, actorNames, isOfRuntime }: Change): Key[] {
  const keys: Key[] = actorNames.map((name) => ({ kind: "actor", namespace, name }));
  if (of === "actor" || isOfRuntime) keys.push({ kind: "runtime", namespace });
  return keys;
}

/**
 * A key as text, the same for equal keys. Names of Kubernetes have no slash.
 *
 * @param key the key
 */
export function keyText(key: Key): string {
  return key.kind === "actor" ? `${key.namespace}/${key.name}` : `${key.namespace}/`;
}

/**
 * The key that {@linkcode keyText} made a text of.
 *
 * @param text the text
 */
export function keyOfText(text: string): Key {
  const slash = text.indexOf("/");
  const namespace = text.slice(0, slash);
  const name = text.slice(slash + 1);
  return name === "" ? { kind: "runtime", namespace } : { kind: "actor", namespace, name };
}
