import type { Policy } from "../../policy.ts";
import type { SidecarOptions } from "../../sidecar.ts";

/** What the sidecars of a world were told; the oracle holds them to it. */
export interface Rules {
  readonly policy: Policy;
  readonly options: SidecarOptions;
  readonly maxFrameBytes: number;
}

/** How long calls are kept while the runtime is away, in milliseconds. */
export const PATIENCE_MS = 5_000;
