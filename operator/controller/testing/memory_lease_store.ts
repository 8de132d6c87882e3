import { KubeError } from "../../reconcile/kube_error.ts";
import type { LeaseRecord, LeaseStore } from "../lease.ts";

/** A lease in memory, for several replicas of a test; it can be away, and lose answers. */
export class MemoryLeaseStore {
  record: LeaseRecord | undefined;
  isAway = false;
  /** Whether the next write is done although its answer does not arrive. */
  losesNextAnswer = false;
  #version = 0;

  /** What one replica sees of it, which alone can be cut off. */
  seenBy(isCutOff: () => boolean = () => false): LeaseStore {
    const check = () => {
      if (this.isAway || isCutOff()) throw new KubeError("unreachable", "nobody answers");
    };
    return {
      read: () => {
        check();
        return Promise.resolve(this.record);
      },
      create: (record) => {
        check();
        if (this.record) throw new KubeError("exists", "there is one");
        return this.#write(record);
      },
      replace: (record) => {
        check();
        if (!this.record) throw new KubeError("not_found", "there is none");
        if (record.resourceVersion !== this.record.resourceVersion) {
          throw new KubeError("conflict", "it was written in between");
        }
        return this.#write(record);
      },
    };
  }

  #write(record: LeaseRecord): Promise<LeaseRecord> {
    this.record = { ...record, resourceVersion: String(++this.#version) };
    if (!this.losesNextAnswer) return Promise.resolve(this.record);
    this.losesNextAnswer = false;
    return Promise.reject(new KubeError("unreachable", "the answer is lost"));
  }
}
