import type { Cluster, Queues } from "./cluster.ts";
import type { Happening } from "./happening.ts";

/** What actions are performed on. */
export interface Tools {
  readonly cluster: Cluster;
  readonly queues: Queues;
  readonly now: () => Date;
  /** Is told what happens. */
  readonly note: (happening: Happening) => void;
}
