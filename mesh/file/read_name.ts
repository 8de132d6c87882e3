import type { YamlValue } from "./yaml_reader.ts";

/** What {@linkcode asName} takes, in words. */
export const NAME_RULE = "a name of lower-case letters, digits and -, at most 63,";

/** A text as a name that Kubernetes takes too (an RFC 1123 label), or `undefined`. */
export function asName(text: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text) ? text : undefined;
}

/** A text that is not empty, or `undefined`. */
export function asText(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** Says that a mapping lacks a key. */
export function missing(value: YamlValue, key: string): void {
  value.refuse(`${value.path === "" ? "" : `${value.path}.`}${key} is missing`);
}
