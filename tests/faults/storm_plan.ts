/** One fault of a storm. */
export type StormFault =
  /** The broker ends, in order or at once, and comes back after a while. */
  | {
    readonly kind: "broker";
    readonly how: "stop" | "kill";
    readonly atMs: number;
    readonly awayMs: number;
  }
  /** Somebody ends every connection. */
  | { readonly kind: "connections"; readonly atMs: number }
  /** Somebody deletes a queue. */
  | { readonly kind: "queue"; readonly queue: string; readonly atMs: number }
  /** A program dies. */
  | { readonly kind: "program"; readonly name: string; readonly atMs: number }
  /** What runs a handler dies, and its supervisor lives. */
  | { readonly kind: "handler"; readonly name: string; readonly atMs: number };

/** What a storm can meet. */
export interface StormTargets {
  /** For how long faults begin, in milliseconds. */
  readonly durationMs: number;
  /** The programs, by their names in a mesh: sidecars, runtimes, gateways. */
  readonly programs: readonly string[];
  /** Queues that may be deleted. */
  readonly queues: readonly string[];
}

/** Between two faults, on average. */
const EVERY_MS = 1_500;

/** Of so much time one outage of the broker is a part. */
const OUTAGE_EVERY_MS = 60_000;

/** How long the broker is away at most; to start again takes it some seconds more. */
const MAX_AWAY_MS = 5_000;

/** What happens besides outages, each as often as it stands here, and once at least. */
const KINDS = [
  ...["sidecar", "sidecar", "sidecar", "runtime", "runtime", "handler", "handler"],
  ...["gateway", "connections", "queue"],
] as const;

/**
 * Plans what goes wrong, and when: the same numbers and targets make the same plan.
 *
 * @param random gives numbers in [0, 1)
 * @param targets what there is
 * @returns faults in the order of their time
 */
export function planStorm(
  random: () => number,
  { durationMs, programs, queues }: StormTargets,
): StormFault[] {
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const within = (fromMs: number, toMs: number) => Math.round(fromMs + random() * (toMs - fromMs));
  const faults: StormFault[] = [];
  const outages = Math.max(1, Math.round(durationMs / OUTAGE_EVERY_MS));
  for (let outage = 0; outage < outages; outage++) {
    const spanMs = durationMs / outages;
    const atMs = within((outage + 0.2) * spanMs, (outage + 0.7) * spanMs);
    faults.push({
      kind: "broker",
      how: oneOf(["stop", "kill"]),
      atMs,
      awayMs: within(0, MAX_AWAY_MS),
    });
  }
  const missing = new Set<(typeof KINDS)[number]>(KINDS);
  for (let atMs = EVERY_MS; atMs < durationMs; atMs += within(EVERY_MS / 2, EVERY_MS * 3 / 2)) {
    const kind = oneOf(missing.size > 0 ? [...missing] : KINDS);
    missing.delete(kind);
    const program = kind === "handler" ? "runtime" : kind;
    const name = oneOf(programs.filter((name) => name.endsWith(program)));
    if (kind === "connections") faults.push({ kind, atMs });
    else if (kind === "queue") faults.push({ kind, queue: oneOf(queues), atMs });
    else faults.push({ kind: kind === "handler" ? kind : "program", name, atMs });
  }
  return faults.sort((one, other) => one.atMs - other.atMs);
}

/**
 * Says a fault in a few words, such as `12.3 s: program second.sidecar`.
 *
 * @param fault the fault
 */
export function describeFault({ atMs, ...fault }: StormFault): string {
  const words = Object.values(fault).map((word) => typeof word === "number" ? `${word} ms` : word);
  return `${(atMs / 1_000).toFixed(1)} s: ${words.join(" ")}`;
}
