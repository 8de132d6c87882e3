import type { EnvVar } from "../actor/async_actor.ts";

/** What is known of an environment before a container has it. */
export interface KnownEnvironment {
  /** The variables whose values stand in the pod. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that the kubelet fills in, from a Secret for example. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * An environment of ours with the user's, who wins by name. Ours comes first, so that the user's
 * values may refer to it as `$(NAME)`; of a name that the user has twice, the last counts, as it does
 * for the kubelet.
 *
 * @param ours what we would set
 * @param theirs what the user set
 */
export function mergeEnv(ours: readonly EnvVar[], theirs: readonly EnvVar[] = []): EnvVar[] {
  const names = new Set(theirs.map(({ name }) => name));
  const last = new Map(theirs.map((variable) => [variable.name, variable]));
  return [
    ...ours.filter(({ name }) => !names.has(name)),
    ...theirs.filter((variable) => last.get(variable.name) === variable),
  ];
}

/**
 * A text as a pod has to spell it, so that the kubelet takes it literally: in values of variables,
 * in commands and arguments it expands `$(NAME)`, and reads `$$` as `$`.
 *
 * @param text what is meant
 */
export function literally(text: string): string {
  return text.replace(/\$(?=[$(])/g, "$$$$");
}

/**
 * What can be said of an environment's values.
 *
 * @param env of a container
 */
export function knownEnvironment(env: readonly EnvVar[]): KnownEnvironment {
  const values: Record<string, string> = {};
  const unknown = new Set<string>();
  for (const { name, value = "", valueFrom } of env) {
    if (valueFrom != null || /(^|[^$])(\$\$)*\$\(/.test(value)) unknown.add(name);
    else values[name] = value.replaceAll("$$", "$");
  }
  return { values, unknown };
}
