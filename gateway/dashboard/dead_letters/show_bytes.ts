/** Bytes that are shown; more tell nobody anything. */
const MAX_BYTES = 16 * 1024;

const PER_LINE = 16;

/**
 * Bytes as people read them: where they are, each of them in hexadecimal, and as ASCII.
 *
 * @param bytes the bytes
 */
export function showBytes(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, MAX_BYTES);
  const lines: string[] = [];
  for (let at = 0; at < shown.length; at += PER_LINE) {
    const line = [...shown.subarray(at, at + PER_LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = line.map((byte) => byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".");
    const place = at.toString(16).padStart(6, "0");
    lines.push(`${place}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${text.join("")}`);
  }
  const left = bytes.length - shown.length;
  return [...lines, ...left > 0 ? [`… and ${left} bytes more`] : []].join("\n");
}

/** A size in a unit that suits it: `512 B`, `1.5 KiB`, `20 MiB`. */
export function showSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit++) value /= 1_024;
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
