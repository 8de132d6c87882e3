/**
 * A time as leases and Events have it: with microseconds, of which clocks here know thousands.
 *
 * @param ms milliseconds since the epoch
 */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
