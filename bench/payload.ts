/** Bytes of a message's body in every measurement: 1 KiB, as much as a small document. */
export const BODY_BYTES = 1024;

const encoder = new TextEncoder();

/**
 * A message of {@linkcode BODY_BYTES} bytes.
 *
 * @param steps its route
 * @param number which one it is
 * @param headers what stands in its headers, where it has any
 */
export function benchMessage(
  steps: readonly string[],
  number: number,
  headers?: Readonly<Record<string, string>>,
): Uint8Array {
  const text = (fill: string) =>
    JSON.stringify({
      job_id: `bench-${number}`,
      route: { steps, current: 0 },
      headers,
      payload: { number, fill },
    });
  return encoder.encode(text("x".repeat(Math.max(0, BODY_BYTES - text("").length))));
}
