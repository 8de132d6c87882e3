/**
 * Whether a host is this machine wherever it is asked for, which in a pod is the pod.
 *
 * @param hostname a name or an IP address, of version 6 also in brackets
 * @example
 * ```ts
 * import { isThisMachine } from "./is_this_machine.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isThisMachine("127.0.0.1"), true);
 * assert.equal(isThisMachine("[::1]"), true);
 * assert.equal(isThisMachine("rabbitmq"), false);
 * ```
 */
export function isThisMachine(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)$/.test(hostname);
}
