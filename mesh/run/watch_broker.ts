import { openTransport, type TransportConfig } from "@asya/transport";
import type { MeshNews } from "./event.ts";

/** A connection to a broker that is there to be looked at. */
export interface BrokerWatch extends AsyncDisposable {
  /**
   * Waits until the broker can be used, for ever.
   *
   * @param signal ends the waiting
   * @returns whether it can
   */
  ready(signal: AbortSignal): Promise<boolean>;
}

/**
 * Connects to a broker as its clients do, again and again, and makes nothing there. Each client logs
 * what it finds; this one is for telling a person once.
 *
 * @param config where it is
 * @param onNews is told when it is away, and when it is back: nothing, where it answers at once
 */
export async function watchBroker(
  config: TransportConfig,
  onNews: (news: MeshNews) => void,
): Promise<BrokerWatch> {
  const connected = Promise.withResolvers<boolean>();
  let isAway = false;
  const transport = await openTransport({ ...config, queueCreate: "none" }, (event) => {
    if (event.kind === "disconnected") {
      isAway = true;
      onNews({ kind: "broker_away", reason: event.reason });
    }
    if (event.kind !== "connected") return;
    if (isAway) onNews({ kind: "broker_back" });
    isAway = false;
    connected.resolve(true);
  });
  return {
    async ready(signal) {
      const left = Promise.withResolvers<boolean>();
      const leave = () => left.resolve(false);
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      const isReady = await Promise.race([connected.promise, left.promise]);
      signal.removeEventListener("abort", leave);
      return isReady;
    },
    [Symbol.asyncDispose]: () => transport.close(),
  };
}
