import type { KubeObject } from "../kube_object.ts";
import { badRequest } from "../status_error.ts";

/** Whether an object is one of those that are asked for. */
export type Matches = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

/** One condition: a key, what is asked of it, and the values. */
const EXISTS = /^([^\s=!(),]+)$/;
const ABSENT = /^!\s*([^\s=!(),]+)$/;
const EQUALS = /^([^\s=!(),]+)\s*(==|=|!=)\s*([^\s=!(),]*)$/;
const ONE_OF = /^([^\s=!(),]+)\s+(in|notin)\s*\(([^()]*)\)$/;

/**
 * Reads a `labelSelector`, by equality (`a=b,c!=d`) or by sets (`a in (b,c),!d`).
 *
 * @throws StatusError 400 where it cannot be read
 */
export function parseLabelSelector(text: string): Matches {
  const conditions = splitOutside(text).map((part) => parseLabelCondition(part, text));
  return ({ metadata }) => conditions.every((holds) => holds(metadata.labels ?? {}));
}

function parseLabelCondition(part: string, all: string): (labels: Labels) => boolean {
  const equals = EQUALS.exec(part);
  if (equals) {
    const [, key = "", operator, value] = equals;
    return operator === "!="
      ? (labels) => labels[key] !== value
      : (labels) => labels[key] === value;
  }
  const oneOf = ONE_OF.exec(part);
  if (oneOf) {
    const [, key = "", operator, list = ""] = oneOf;
    const values = new Set(list.split(",").map((value) => value.trim()));
    const isIn = (labels: Labels) => key in labels && values.has(labels[key] ?? "");
    return operator === "in" ? isIn : (labels) => !isIn(labels);
  }
  const absent = ABSENT.exec(part)?.[1];
  if (absent !== undefined) return (labels) => !(absent in labels);
  const exists = EXISTS.exec(part)?.[1];
  if (exists !== undefined) return (labels) => exists in labels;
  throw badRequest(`unable to parse requirement: found '${part}' in '${all}'`);
}

/** Commas outside of parentheses part conditions. */
function splitOutside(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * Reads a `fieldSelector`.
 *
 * @param text such as `metadata.name=a,metadata.namespace!=b`
 * @param fields which fields may be asked for, as the resource says; name and namespace always may
 * @throws StatusError 400 where it cannot be read, or asks for another field
 */
export function parseFieldSelector(text: string, fields: readonly string[] = []): Matches {
  const conditions = splitOutside(text).map((part): Matches => {
    const [, key = "", operator, value = ""] = EQUALS.exec(part) ?? [];
    if (!operator) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    if (!["metadata.name", "metadata.namespace", ...fields].includes(key)) {
      throw badRequest(`field label not supported: ${key}`);
    }
    const isWanted = operator !== "!=";
    return (object) => (readField(object, key) === value) === isWanted;
  });
  return (object) => conditions.every((holds) => holds(object));
}

function readField(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split(".")) {
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  return value === undefined || value === null ? "" : String(value);
}
