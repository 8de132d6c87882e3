/** A step of a path: a field, an index, or all entries of a list whose field has a value. */
const STEP =
  /\.([\w-]+)|\[['"]([^'"]+)['"]\]|\[(\d+|\*)\]|\[\?\(@\.([\w.-]+)\s*==\s*['"]([^'"]*)['"]\)\]|\.((?:\\.|[^.[\]])+)/;

/**
 * Finds what a JSON path of a CustomResourceDefinition leads to.
 *
 * @param value where it begins
 * @param path such as `.spec.queueName` or `.status.conditions[?(@.type=="Ready")].status`
 * @returns everything it leads to; nothing where there is no such thing
 */
export function findByPath(value: unknown, path: string): unknown[] {
  let found = [value];
  // Of its own: a filter finds by a path within the path.
  const steps = new RegExp(STEP, "y");
  while (steps.lastIndex < path.length) {
    const match = steps.exec(path);
    if (!match) return [];
    found = found.flatMap((each) => step(each, match)).filter((each) =>
      each !== undefined && each !== null
    );
  }
  return found;
}

function step(value: unknown, match: RegExpExecArray): unknown[] {
  const [, plain, quoted, index, field, wanted, escaped] = match;
  if (index !== undefined || field !== undefined) {
    if (!Array.isArray(value)) return [];
    if (index === "*") return value;
    if (index !== undefined) return [value[Number(index)]];
    return value.filter((item) => findByPath(item, `.${field}`)[0] === wanted);
  }
  const name = plain ?? quoted ?? escaped?.replaceAll("\\", "") ?? "";
  return [(value as Record<string, unknown> | undefined)?.[name]];
}

/** Makes a change where a plain path (`.spec.replicas`) leads, with the objects on its way. */
export function setByPath<T>(value: T, path: string, set: unknown): T {
  const [first = "", ...rest] = path.split(".").filter((part) => part !== "");
  const fields = value as Record<string, unknown>;
  const inner = rest.length === 0 ? set : setByPath(fields[first] ?? {}, rest.join("."), set);
  return { ...fields, [first]: inner } as T;
}
