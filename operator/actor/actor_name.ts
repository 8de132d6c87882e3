import type { Rule } from "./schema/field.ts";

const LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
const label = new RegExp(LABEL);

/**
 * What an actor may be called. Its name is a label of its pods, and Kubernetes adds up to eleven
 * characters to it (the revision of a StatefulSet, say), where a label has at most 63.
 */
export const NAME_RULE: Rule<{ readonly metadata: { readonly name: string } }> = {
  cel: `self.metadata.name.size() <= 52 && self.metadata.name.matches(r'${LABEL}')`,
  message:
    "metadata.name has at most 52 characters: lower-case letters, digits, and hyphens between them",
  holds: ({ metadata: { name } }) => name.length <= 52 && label.test(name),
};
