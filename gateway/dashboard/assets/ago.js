/** Units of time from the largest down, each with its length in seconds. */
const UNITS = /** @type {const} */ ([["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]]);

/**
 * How long ago a moment was, in its largest unit: `now`, `12 s ago`, `3 min ago`, `in 5 min`.
 *
 * @param {number} thenMs the moment, in milliseconds since the epoch
 * @param {number} nowMs the time
 * @returns {string}
 */
export function ago(thenMs, nowMs) {
  const seconds = Math.round((nowMs - thenMs) / 1_000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["s", 1];
  const count = Math.floor(Math.abs(seconds) / length);
  if (count === 0) return "now";
  return seconds > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}
