/** What the two processes need beside the handler's heap: code, stacks, buffers, the supervisor. */
const HEADROOM_BYTES = 128 * 1024 * 1024;

/** Share of the rest that is heap; what it leaves is for buffers outside of the heap. */
const HEAP_SHARE = 0.85;

/** A heap below this cannot load a handler. */
const MIN_HEAP_MB = 32;

/** cgroup version 1 says "no limit" with a number of this size. */
const UNLIMITED_BYTES = 2 ** 60;

/** Where the limit of a container stands: version 2 of the kernel's interface, then version 1. */
export const CGROUP_FILES: readonly string[] = [
  "/sys/fs/cgroup/memory.max",
  "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/**
 * The limit of the container, from what its files say.
 *
 * @param texts the content of {@linkcode CGROUP_FILES} that exist, one behind the other
 * @returns bytes, or `undefined` when there is no limit
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
 * @example
 * ```ts
 * import { parseMemoryLimit } from "./heap_limit.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseMemoryLimit("536870912\n"), 536870912);
 * assert.equal(parseMemoryLimit("max\n"), undefined);
 * ```
 */
export function parseMemoryLimit(texts: string): number | undefined {
  const limits = texts.split(/\s+/).filter((word) => /^\d+$/.test(word)).map(Number)
    .filter((limit) => limit > 0 && limit < UNLIMITED_BYTES);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/**
 * The heap a handler gets in a container, so that it runs out of heap, which is reported well,
 * before the kernel kills whichever process it likes.
 *
 * @param limitBytes the container's memory limit
 * @returns MiB
 * @example
 * ```ts
 * import { heapLimitMb } from "./heap_limit.ts";
 * import assert from "node:assert/strict";
 * assert.equal(heapLimitMb(1024 * 1024 * 1024), 761);
 * ```
 */
export function heapLimitMb(limitBytes: number): number {
  const heapBytes = Math.max(0, limitBytes - HEADROOM_BYTES) * HEAP_SHARE;
  return Math.max(MIN_HEAP_MB, Math.floor(heapBytes / 1024 / 1024));
}
