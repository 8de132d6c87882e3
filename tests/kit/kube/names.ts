import { cause } from "./cause.ts";
import type { StatusCause } from "./status_error.ts";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

const SUBDOMAIN_WORDS = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric " +
  "characters, '-' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_WORDS = "a lowercase RFC 1123 label must consist of lower case alphanumeric " +
  "characters or '-', and must start and end with an alphanumeric character " +
  `(e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;

/** What a name has to be: most are DNS subdomains, some are labels, RBAC's are parts of a path. */
export type NameRule = "subdomain" | "label" | "path";

/**
 * Why a name is none.
 *
 * @param name what was given
 * @param rule what it has to be
 */
export function checkName(name: string, rule: NameRule): string[] {
  if (rule === "path") return checkPathPart(name);
  const [maxChars, pattern, words] = rule === "label"
    ? [63, LABEL, LABEL_WORDS] as const
    : [253, SUBDOMAIN, SUBDOMAIN_WORDS] as const;
  return [
    ...(name.length > maxChars ? [`must be no more than ${maxChars} characters`] : []),
    ...(new RegExp(`^${pattern}$`).test(name) ? [] : [words]),
  ];
}

function checkPathPart(name: string): string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) =>
    `may not contain '${part}'`
  );
}

/**
 * Why the name of an object, or what its name was to begin with, cannot be.
 *
 * @param metadata of the object, with a name made up where only a beginning was given
 * @param rule what it has to be
 */
export function checkObjectName(
  metadata: { readonly name?: string; readonly generateName?: string },
  rule: NameRule,
): StatusCause[] {
  const { name = "", generateName = "" } = metadata;
  const causes: StatusCause[] = [];
  const add = (field: string, value: string, words: readonly string[]) =>
    causes.push(...words.map((why) => cause.invalid(field, value, why)));
  // A beginning may end in a dash: it is checked as if something came after it.
  if (generateName) {
    const whole = generateName.endsWith("-") ? `${generateName.slice(0, -1)}a` : generateName;
    add("metadata.generateName", generateName, checkName(whole, rule));
  }
  if (name) add("metadata.name", name, checkName(name, rule));
  else causes.push(cause.required("metadata.name", "name or generateName is required"));
  return causes;
}

/** Letters that a made-up name ends with: no vowels, so that no words come out. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A name for an object that only says how its name begins. */
export function makeName(generateName: string): string {
  const random = crypto.getRandomValues(new Uint8Array(5));
  return generateName.slice(0, 58) +
    [...random].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
