/** Units from the smallest up, with their length in milliseconds. */
const UNITS = [["s", 1_000], ["min", 60_000], ["h", 3_600_000], ["d", 86_400_000]] as const;

/**
 * A length of time in at most three digits of its unit, or in its two largest: `12 ms`, `1.25 s`,
 * `48.3 s`, `3 min 20 s`, `2 h 5 min`.
 *
 * @param ms milliseconds, not negative
 */
export function formatMs(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const rounded = Math.round(ms / 1_000) * 1_000;
  const at = rounded < 3_600_000 ? 1 : rounded < 86_400_000 ? 2 : 3;
  const [unit, length] = UNITS[at] ?? UNITS[3];
  const [smaller, smallerLength] = UNITS[at - 1] ?? UNITS[0];
  const whole = Math.floor(rounded / length);
  const rest = Math.floor((rounded - whole * length) / smallerLength);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}
