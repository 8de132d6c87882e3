import type { Metrics } from "@asya/program";
import { TRANSPORT_EVENT_KINDS, type TransportEvent } from "@asya/transport";
import { STORE_EVENT_KINDS, type StoreEvent } from "./stores/store_event.ts";

/**
 * Counts what happens between the gateway and its broker.
 *
 * @param metrics where
 */
export function createTransportCounter(metrics: Metrics): (event: TransportEvent) => void {
  const events = metrics.counter({
    name: "transport_events_total",
    help: "what happened to the connection to the broker, by what; a reconnect is a connected",
    labels: { event: TRANSPORT_EVENT_KINDS },
  });
  const connected = metrics.gauge({
    name: "transport_connected",
    help: "1 while there is a connection to the broker",
    labels: {},
  });
  const blocked = metrics.gauge({
    name: "transport_blocked",
    help: "1 while the broker, short of memory or disk, takes no messages",
    labels: {},
  });
  return (event) => {
    events.inc({ event: event.kind });
    switch (event.kind) {
      case "connected":
      case "disconnected":
        connected.set({}, event.kind === "connected" ? 1 : 0);
        // Whatever the broker held against the connection before went with it.
        return blocked.set({}, 0);
      case "blocked":
      case "unblocked":
        return blocked.set({}, event.kind === "blocked" ? 1 : 0);
    }
  };
}

/**
 * Counts what happens between the gateway and the database of its jobs.
 *
 * @param metrics where
 */
export function createStoreCounter(metrics: Metrics): (event: StoreEvent) => void {
  const events = metrics.counter({
    name: "store_events_total",
    help: "what happened to the connection to the database, by what; a reconnect is a connected",
    labels: { event: STORE_EVENT_KINDS },
  });
  const connected = metrics.gauge({
    name: "store_connected",
    help: "1 while there is a connection to the database, where jobs are kept in one",
    labels: {},
  });
  const leading = metrics.gauge({
    name: "store_leading",
    help: "1 while this gateway looks after deadlines and old jobs of the database",
    labels: {},
  });
  return (event) => {
    events.inc({ event: event.kind });
    switch (event.kind) {
      case "connected":
      case "disconnected":
        return connected.set({}, event.kind === "connected" ? 1 : 0);
      case "leading":
      case "led_by_another":
        return leading.set({}, event.kind === "leading" ? 1 : 0);
    }
  };
}
