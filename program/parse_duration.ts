/** Milliseconds in one of each unit that a duration may be written with. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const wholePattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const partPattern = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/**
 * Reads a duration: `300` and `0.5` are seconds; `5m`, `1h30m`, `250ms` and `7d` say their units.
 *
 * @param text What was written; surrounding spaces are ignored.
 * @returns Whole milliseconds, or `undefined` when the text is not a duration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDuration } from "@asya/program";
 *
 * assert.equal(parseDuration("1h30m"), 5_400_000);
 * assert.equal(parseDuration("300"), 300_000);
 * assert.equal(parseDuration("soon"), undefined);
 * ```
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return finite(Number(trimmed) * 1_000);
  if (!wholePattern.test(trimmed)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(partPattern)) {
    totalMs += Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN);
  }
  return finite(totalMs);
}

/**
 * Writes a duration the shortest way that {@linkcode parseDuration} reads back to the same value.
 *
 * @param durationMs Whole milliseconds, not negative.
 * @returns For example `"1h30m"`, `"250ms"` or `"0s"`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatDuration } from "@asya/program";
 *
 * assert.equal(formatDuration(90_500), "1m30s500ms");
 * ```
 */
export function formatDuration(durationMs: number): string {
  let restMs = durationMs;
  let written = "";
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const size = unitMs[unit] ?? 1;
    const count = Math.floor(restMs / size);
    if (count > 0) written += `${count}${unit}`;
    restMs -= count * size;
  }
  return written === "" ? "0s" : written;
}

function finite(ms: number): number | undefined {
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}
