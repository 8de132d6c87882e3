import type { Arrivals } from "./arrivals.ts";
import type { ScalingSettings } from "./autoscaler.ts";

/** One actor, its replicas, and what comes to it. */
export interface Scenario {
  /** When messages come. */
  readonly arrivals: Arrivals;
  readonly actor: ActorModel;
  readonly scaling: ScalingSettings;
  readonly trigger: TriggerModel;
  /**
   * For how long to look at most, in seconds; a day where nothing is said. It is over before when
   * there is nothing left to do, which may be never where the trigger does not count what is worked
   * on.
   */
  readonly untilS?: number;
  /** How often the timeline has a moment, in seconds; every second where nothing is said. */
  readonly momentS?: number;
  /** Says when each interval begins and how long each message takes. */
  readonly seed: number;
}

/** A replica: a sidecar with its runtime. */
export interface ActorModel {
  /** Messages that its sidecar holds at a time. */
  readonly prefetch: number;
  /** Messages that its handler works on at a time. */
  readonly concurrency: number;
  /** What a message takes on average, in seconds. */
  readonly serviceS: number;
  /** How uneven that is: the standard deviation by the mean. */
  readonly unevenness: number;
  /** From the wish for a replica to its first message: scheduling, image, model. In seconds. */
  readonly startS: number;
  /** For how long one that is taken away may work on; then its work is somebody else's anew. */
  readonly graceS: number;
}

/** What KEDA's trigger counts. */
export interface TriggerModel {
  /** Whether messages that somebody works on count: with `protocol: http`, not with `amqp`. */
  readonly countsUnacked: boolean;
  /** How often the count is made anew, in seconds: 5 over http by the broker's default, 0 over amqp. */
  readonly refreshS: number;
}

/** Over http, the management interface's statistics. */
export const HTTP_TRIGGER: TriggerModel = { countsUnacked: true, refreshS: 5 };

/** Over amqp, a passive declaration. */
export const AMQP_TRIGGER: TriggerModel = { countsUnacked: false, refreshS: 0 };

/** What became of a scenario; times in seconds from its beginning. */
export interface Outcome {
  readonly firstResultS: number;
  readonly lastResultS: number;
  /** From a message's arrival to its result. */
  readonly latenciesS: readonly number[];
  readonly mostReady: number;
  readonly mostReplicas: number;
  /** Time of all replicas from the wish for them to their end: what is paid for. */
  readonly replicaS: number;
  /** Time that messages were worked on, by the concurrency: what had to be paid for. */
  readonly workS: number;
  /** Messages whose work was broken off because their replica was taken away. */
  readonly brokenOff: number;
  /** How often the wish for replicas changed. */
  readonly changes: number;
  readonly timeline: readonly Moment[];
}

/** What could be seen at a moment. */
export interface Moment {
  readonly atS: number;
  readonly ready: number;
  readonly unacked: number;
  /** Replicas that are wanted. */
  readonly wanted: number;
  /** Replicas that take messages. */
  readonly running: number;
  /** Those of them that have nothing to work on. */
  readonly idle: number;
}
