import { cause } from "../cause.ts";
import { isSame, type KubeObject, type OwnerReference } from "../kube_object.ts";
import { checkObjectName, type NameRule } from "../names.ts";
import type { StatusCause } from "../status_error.ts";

const NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const NAME_PART = new RegExp(`^${NAME}$`);
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

const VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, " +
  "'-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY_WORDS = "name part must consist of alphanumeric characters, '-', '_' or '.', and must " +
  "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', " +
  `regex used for validation is '${NAME}')`;

/**
 * What is wrong with what an object says of itself.
 *
 * @param object as it is to be
 * @param live as it was, if it was
 * @param nameRule what its name has to be
 */
export function checkMetadata(
  object: KubeObject,
  live: KubeObject | undefined,
  nameRule: NameRule,
): StatusCause[] {
  return [
    ...(live ? [] : checkObjectName(object.metadata, nameRule)),
    ...checkLabels(object),
    ...checkAnnotations(object),
    ...checkOwners(object),
    ...(live ? checkFinalizers(object, live) : []),
  ];
}

function checkLabels({ metadata: { labels = {} } }: KubeObject): StatusCause[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const words: [string, string][] = [];
    const part = key.slice(key.indexOf("/") + 1);
    if (!NAME_PART.test(part)) words.push([key, KEY_WORDS]);
    if (part.length > 63) words.push([key, "name part must be no more than 63 bytes"]);
    if (value.length > 63) words.push([value, "must be no more than 63 bytes"]);
    if (!LABEL_VALUE.test(value)) words.push([value, VALUE_WORDS]);
    return words.map(([wrong, why]) => cause.invalid("metadata.labels", wrong, why));
  });
}

function checkAnnotations({ metadata: { annotations = {} } }: KubeObject): StatusCause[] {
  const size = new TextEncoder().encode(Object.entries(annotations).flat().join("")).length;
  if (size <= MAX_ANNOTATIONS_BYTES) return [];
  return [cause.tooLong("metadata.annotations", MAX_ANNOTATIONS_BYTES)];
}

function checkOwners({ metadata: { ownerReferences = [] } }: KubeObject): StatusCause[] {
  return [...ownerReferences.flatMap(checkOwner), ...checkControllers(ownerReferences)];
}

/** Who is an owner has to be said in full. */
function checkOwner(owner: OwnerReference): StatusCause[] {
  return (["apiVersion", "kind", "name", "uid"] as const).filter((name) => !owner[name]).map(
    (name) => {
      const why = name === "apiVersion" ? "version must not be empty" : "must not be empty";
      return cause.invalid(`metadata.ownerReferences.${name}`, "", why);
    },
  );
}

function checkControllers(ownerReferences: readonly OwnerReference[]): StatusCause[] {
  const controllers = ownerReferences.filter(({ controller }) => controller);
  if (controllers.length < 2) return [];
  const [first, second] = controllers;
  const why = "Only one reference can have Controller set to true. " +
    `Found "true" in references for ${first?.kind}/${first?.name} and ` +
    `${second?.kind}/${second?.name}`;
  return [cause.invalid("metadata.ownerReferences", ownerReferences, why)];
}

/** An object that is to go takes no new finalizer. */
function checkFinalizers(object: KubeObject, live: KubeObject): StatusCause[] {
  const before = live.metadata.finalizers ?? [];
  const after = object.metadata.finalizers ?? [];
  if (!live.metadata.deletionTimestamp || isSame(before, after)) return [];
  const added = after.filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const why = "no new finalizers can be added if the object is being deleted, found new " +
    `finalizers []string{${added.map((name) => JSON.stringify(name)).join(", ")}}`;
  // The API server finds this twice: where objects change, and where custom ones do.
  const found = cause.forbidden("metadata.finalizers", why);
  return [found, found];
}
