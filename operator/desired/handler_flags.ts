import { PERMISSION_KINDS } from "../actor/actor_spec.ts";
import { literally } from "./environment.ts";

/** All of a kind, where it is the only entry. */
const ALL = "*";

/**
 * What a handler may do, as arguments of the runtime.
 *
 * @param permissions entries by kind, `["*"]` for all of it
 */
export function handlerFlags(
  permissions: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  return PERMISSION_KINDS.flatMap((kind) => {
    const entries = permissions[kind] ?? [];
    if (entries.length === 0) return [];
    if (entries.includes(ALL)) return [`--allow-${kind}`];
    return [literally(`--allow-${kind}=${entries.join(",")}`)];
  });
}
