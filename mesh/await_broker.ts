import { openTransport, type TransportConfig } from "@asya/transport";
import type { StartNews } from "./event.ts";

/**
 * Waits for a broker as its clients do, for ever. Nothing is made there.
 *
 * @param config where it is
 * @param signal ends the waiting
 * @param onNews is told of what is worth telling: nothing, where it answers at once
 * @returns whether it answered
 */
export async function awaitBroker(
  config: TransportConfig,
  signal: AbortSignal,
  onNews: (news: StartNews) => void,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let wasAway = false;
  const leave = () => resolve(false);
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  const transport = await openTransport({ ...config, queueCreate: "none" }, (event) => {
    if (event.kind === "connected") resolve(true);
    if (event.kind !== "disconnected" || signal.aborted) return;
    wasAway = true;
    onNews({ kind: "broker_away", reason: event.reason });
  });
  try {
    const isThere = await promise;
    if (isThere && wasAway) onNews({ kind: "broker_back" });
    return isThere;
  } finally {
    signal.removeEventListener("abort", leave);
    await transport.close();
  }
}
