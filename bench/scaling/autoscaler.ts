/** How KEDA and the Horizontal Pod Autoscaler (HPA) are set; the names are those of KEDA. */
export interface ScalingSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Messages per replica that are aimed at: `value` of KEDA's RabbitMQ trigger. */
  readonly target: number;
  /** How often KEDA looks whether there is work at all, in seconds. */
  readonly pollingIntervalS: number;
  /** For how long there must be no work before the last replica goes, in seconds. */
  readonly cooldownPeriodS: number;
  /** How often the HPA looks, in seconds. */
  readonly syncPeriodS: number;
  /** How far the load may be from the target before the HPA does anything: 0.1 is 10 %. */
  readonly tolerance: number;
  /** The HPA takes replicas away only when it wanted no more for so long, in seconds. */
  readonly scaleDownWindowS: number;
}

/** What KEDA 2 and Kubernetes do where nothing is said, but for the replicas and the target. */
export const SCALING_DEFAULTS = {
  pollingIntervalS: 30,
  cooldownPeriodS: 300,
  syncPeriodS: 15,
  tolerance: 0.1,
  scaleDownWindowS: 300,
} as const;

/**
 * The replicas that the HPA would like: as many as bring each one's share to the target.
 *
 * @param messages what the trigger counts
 * @param replicas how many there are, 1 or more
 * @param settings the target and the tolerance
 * @returns a whole number, within no limits yet
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export function recommendReplicas(
  messages: number,
  replicas: number,
  { target, tolerance }: Pick<ScalingSettings, "target" | "tolerance">,
): number {
  const usage = messages / (target * replicas);
  return Math.abs(usage - 1) <= tolerance ? replicas : Math.ceil(messages / target);
}

/**
 * The most replicas that the HPA's default policies allow within one period: twice as many, or four
 * more, whatever is more.
 *
 * @param replicas how many there are
 */
export function limitOfScaleUp(replicas: number): number {
  return Math.max(2 * replicas, replicas + 4);
}

/** KEDA and the HPA with their memory: what they want is a function of what they have seen. */
export class Autoscaler {
  readonly #settings: ScalingSettings;
  #recommended: { readonly atS: number; readonly replicas: number }[] = [];
  #lastActiveS = -Infinity;

  /** @param settings how they are set */
  constructor(settings: ScalingSettings) {
    this.#settings = settings;
  }

  /**
   * KEDA looks: it alone starts the first replica and ends the last.
   *
   * @param atS the time in seconds
   * @param messages what the trigger counts
   * @param replicas how many are wanted at present
   * @returns how many are wanted from here on
   */
  poll(atS: number, messages: number, replicas: number): number {
    const { minReplicas, cooldownPeriodS } = this.#settings;
    if (messages > 0) {
      this.#lastActiveS = atS;
      if (replicas > 0) return replicas;
      this.#recommended = [];
      return Math.max(1, minReplicas);
    }
    const isCool = atS - this.#lastActiveS >= cooldownPeriodS;
    return minReplicas === 0 && isCool ? 0 : replicas;
  }

  /**
   * The HPA looks; it does nothing while there is no replica.
   *
   * @param atS the time in seconds
   * @param messages what the trigger counts
   * @param replicas how many are wanted at present
   * @returns how many are wanted from here on
   */
  sync(atS: number, messages: number, replicas: number): number {
    if (replicas === 0) return 0;
    const { minReplicas, maxReplicas, scaleDownWindowS } = this.#settings;
    const limit = (count: number) => Math.min(maxReplicas, Math.max(1, minReplicas, count));
    const wanted = limit(recommendReplicas(messages, replicas, this.#settings));
    this.#recommended = this.#recommended.filter((past) => atS - past.atS < scaleDownWindowS);
    this.#recommended.push({ atS, replicas: wanted });
    if (wanted >= replicas) return Math.min(wanted, limit(limitOfScaleUp(replicas)));
    return Math.min(replicas, Math.max(...this.#recommended.map((past) => past.replicas)));
  }
}
