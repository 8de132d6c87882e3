import { ago } from "./assets/ago.js";

/**
 * A moment, told by how long ago it was; its whole timestamp shows when it is pointed at.
 *
 * @param props the moment as an RFC 3339 time, and the time
 */
export function Ago({ at, now }: { readonly at: string; readonly now: Date }) {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return <span>{at}</span>;
  return <time data-ago dateTime={at} title={fullTime(at)}>{ago(ms, now.getTime())}</time>;
}

/** A moment as it is written out: `2026-01-31 12:00:00.000 UTC`. */
export function fullTime(at: string): string {
  return at.replace("T", " ").replace(/Z$/, " UTC");
}
