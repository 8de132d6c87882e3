const pattern = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i)?)?b?$/i;

/** Powers of 1000 (or of 1024 with an `i`) that each letter stands for. */
const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/**
 * Reads a number of bytes: `65536`, `16MiB` (1024²), `4 MB` (1000²), and Kubernetes' `512Mi`.
 *
 * @param text What was written; letter case and surrounding spaces are ignored.
 * @returns Whole bytes, or `undefined` when the text is not a size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseBytes } from "@asya/program";
 *
 * assert.equal(parseBytes("16MiB"), 16_777_216);
 * assert.equal(parseBytes("4 MB"), 4_000_000);
 * assert.equal(parseBytes("big"), undefined);
 * ```
 */
export function parseBytes(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, amount, letter, binary] = match;
  const power = letter === undefined ? 0 : powers[letter.toLowerCase()] ?? 0;
  const bytes = Math.round(Number(amount) * (binary === undefined ? 1_000 : 1_024) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/**
 * Writes a number of bytes in the largest binary unit that divides it evenly.
 *
 * @param bytes Whole bytes, not negative.
 * @returns For example `"16MiB"`, or the plain number when no unit fits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatBytes } from "@asya/program";
 *
 * assert.equal(formatBytes(65_536), "64KiB");
 * assert.equal(formatBytes(1_000), "1000");
 * ```
 */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [["GiB", 1024 ** 3], ["MiB", 1024 ** 2], ["KiB", 1024]] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
