import type { ApiEvent } from "./cluster/api.ts";
import type { RecorderEvent } from "./cluster/event_recorder.ts";
import type { WatchesEvent } from "./cluster/watches.ts";
import type { ControllerEvent } from "./controller/controller.ts";
import type { LeaderEvent } from "./controller/leader.ts";

/** Everything that happens in an operator and that somebody may want to log or count. */
export type Event =
  /** The process works; its health is served on a port. */
  | {
    readonly kind: "started";
    readonly server: string;
    /** Whose actors: a namespace, or `*` for all. */
    readonly namespace: string;
    readonly operationsPort: number;
  }
  /** The kubeconfig wants nobody to be asked whether the API server is who it says it is. */
  | { readonly kind: "server_unverified"; readonly server: string }
  /** The folder with the runtime's files is not there: ConfigMaps with it cannot be made. */
  | { readonly kind: "runtime_missing"; readonly path: string }
  /** Everything there is has been seen. */
  | { readonly kind: "synced"; readonly actors: number; readonly ms: number }
  | ApiEvent
  | WatchesEvent
  | LeaderEvent
  | ControllerEvent
  | RecorderEvent
  | { readonly kind: "draining"; readonly signal: string }
  | { readonly kind: "stopped" };

/** Takes events; must not throw. */
export type Emit = (event: Event) => void;
