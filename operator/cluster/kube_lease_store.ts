import { recordOf } from "../actor/schema/record_of.ts";
import type { LeaseRecord, LeaseStore } from "../controller/lease.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Api, Call } from "./api.ts";
import { kindOf, pathOf } from "./kinds.ts";

const LEASE = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" } as const;

/** An answer that comes later is of no use any more: there is time for a second try. */
const LIMIT_MS = 4_000;

/** A lease in the API server. */
export class KubeLeaseStore implements LeaseStore {
  readonly #api: Api;
  readonly #namespace: string;
  readonly #name: string;

  /**
   * @param api what is asked
   * @param namespace where it is
   * @param name what it is called
   */
  constructor(api: Api, namespace: string, name: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#name = name;
  }

  async read(): Promise<LeaseRecord | undefined> {
    try {
      return readRecord(await this.#ask({ verb: "get", path: this.#path(this.#name) }));
    } catch (error) {
      if (error instanceof KubeError && error.code === "not_found") return undefined;
      throw error;
    }
  }

  async create(record: LeaseRecord): Promise<LeaseRecord> {
    const body = this.#bodyOf(record);
    return readRecord(await this.#ask({ verb: "create", path: this.#path(), body }));
  }

  async replace(record: LeaseRecord): Promise<LeaseRecord> {
    const body = this.#bodyOf(record);
    return readRecord(await this.#ask({ verb: "update", path: this.#path(this.#name), body }));
  }

  #ask(call: Call): Promise<unknown> {
    return this.#api.ask({ ...call, limitMs: LIMIT_MS });
  }

  #path(name?: string): string {
    return pathOf(kindOf(LEASE), this.#namespace, name);
  }

  #bodyOf(record: LeaseRecord): unknown {
    const { resourceVersion } = record;
    return {
      ...LEASE,
      metadata: {
        namespace: this.#namespace,
        name: this.#name,
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
      spec: {
        holderIdentity: record.holder,
        leaseDurationSeconds: record.durationSeconds,
        acquireTime: record.acquireTime,
        renewTime: record.renewTime,
        leaseTransitions: record.transitions,
      },
    };
  }
}

/**
 * Where the replicas agree on who works, if there may be several.
 *
 * @param api the API server; it knows which namespace is ours
 * @param options whether, and what the lease is called where
 */
export function leasesOf(
  api: Api & { readonly namespace?: string | undefined },
  options: {
    readonly leaderElection: boolean;
    readonly leaseNamespace?: string | undefined;
    readonly leaseName: string;
  },
): LeaseStore | undefined {
  const { leaderElection, leaseNamespace, leaseName } = options;
  if (!leaderElection) return undefined;
  return new KubeLeaseStore(api, leaseNamespace ?? api.namespace ?? "default", leaseName);
}

/** What somebody else wrote may lack anything. */
function readRecord(lease: unknown): LeaseRecord {
  const { resourceVersion } = recordOf(recordOf(lease).metadata);
  const spec = recordOf(recordOf(lease).spec);
  return {
    holder: textOf(spec.holderIdentity),
    durationSeconds: numberOf(spec.leaseDurationSeconds),
    acquireTime: textOf(spec.acquireTime),
    renewTime: textOf(spec.renewTime),
    transitions: numberOf(spec.leaseTransitions),
    ...(typeof resourceVersion === "string" && { resourceVersion }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
