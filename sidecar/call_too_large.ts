import { createFailure } from "@asya/protocol";
import type { Exchange } from "./host.ts";

/**
 * The end of a call that is not sent, since no host would take its frame.
 *
 * @param bytes what the frame's body would have
 * @param maxFrameBytes cap on a frame's body
 */
export function callTooLarge(bytes: number, maxFrameBytes: number): Exchange {
  const failure = createFailure(
    "frame_too_large",
    `the call has ${bytes} bytes; at most ${maxFrameBytes} are allowed`,
  );
  return { kind: "replied", reply: { kind: "failure", failure } };
}
