import { markdownTable } from "@asya/program";
import { seededRandom } from "../../tests/kit/random.ts";
import { percentile } from "../figure.ts";
import { burst, diurnal, ramp } from "./arrivals.ts";
import { SCALING_DEFAULTS } from "./autoscaler.ts";
import { AMQP_TRIGGER, HTTP_TRIGGER, type Outcome, type Scenario } from "./scenario.ts";
import { fullestShare, movedShare, type Shard, SHARDINGS } from "./shards.ts";
import { simulate } from "./simulate.ts";

/** Trials of a scenario, each with other phases of the intervals and other lengths of work. */
const TRIALS = 40;

/** An actor on a cluster, where nothing else is said. */
export const ORDINARY: Omit<Scenario, "arrivals" | "seed"> = {
  actor: { prefetch: 1, concurrency: 1, serviceS: 2, unevenness: 1, startS: 20, graceS: 25 },
  scaling: {
    ...SCALING_DEFAULTS,
    pollingIntervalS: 10,
    cooldownPeriodS: 60,
    minReplicas: 0,
    maxReplicas: 50,
    target: 5,
  },
  trigger: HTTP_TRIGGER,
};

/** The tables that docs/scaling.md shows, by the names of their sections. */
export const TABLES = {
  "simulated trial": trialTable,
  "simulated first result": firstResultTable,
  "simulated burst": burstTable,
  "simulated prefetch": prefetchTable,
  "simulated ramp": rampTable,
  "simulated day": dayTable,
  "simulated trigger": triggerTable,
  "simulated shards": shardTable,
} as const;

/** 0 to 10 replicas for 100 messages, against the two trials on a real cluster. */
function trialTable(): string {
  const rows = ([["http", HTTP_TRIGGER, "26 s"], ["amqp", AMQP_TRIGGER, "39 s"]] as const)
    .map(([name, trigger, seen]) => {
      const times = trials(5 * TRIALS, {
        ...change({ maxReplicas: 10 }, { serviceS: 60 }),
        arrivals: burst(100),
        trigger,
        untilS: 120,
      }).map(({ timeline }) => timeline.find(({ wanted }) => wanted >= 10)?.atS ?? Infinity);
      const at = (share: number) => seconds(percentile(times, share));
      return [name, seen, at(0.05), at(0.5), at(0.95)];
    });
  return markdownTable(["trigger", "seen on a cluster", "simulated: 5 %", "half", "95 %"], rows);
}

/** From nothing to the first result, by how often KEDA looks and how long a start takes. */
function firstResultTable(): string {
  const starts = [2, 20, 90];
  const rows = [5, 10, 30].map((pollingIntervalS) => [
    `${pollingIntervalS} s`,
    ...starts.map((startS) => {
      const outcomes = trials(5 * TRIALS, {
        ...change({ pollingIntervalS }, { startS, unevenness: 0 }),
        arrivals: burst(1),
      });
      const times = outcomes.map(({ firstResultS }) => firstResultS);
      return `${seconds(percentile(times, 0.5))} · ${seconds(percentile(times, 0.95))}`;
    }),
  ]);
  const header = ["`pollingInterval`", ...starts.map((startS) => `start takes ${startS} s`)];
  return markdownTable(header, rows);
}

/** A thousand messages at once, by the target. */
function burstTable(): string {
  const rows = [1, 5, 20, 100].flatMap((target) =>
    [5, 90].map((startS) => {
      const outcomes = trials(TRIALS, {
        ...change({ target }, { startS }),
        arrivals: burst(1_000),
      });
      const halfDone = middle(outcomes, ({ latenciesS }) => percentile(latenciesS, 0.5));
      return [
        String(target),
        `${startS} s`,
        String(middle(outcomes, ({ mostReplicas }) => mostReplicas)),
        seconds(middle(outcomes, ({ firstResultS }) => firstResultS)),
        seconds(halfDone),
        seconds(middle(outcomes, ({ lastResultS }) => lastResultS)),
        paidByWorked(outcomes),
      ];
    })
  );
  const times = ["first result", "half done", "all done"];
  const header = ["target", "start takes", "most replicas", ...times, "paid : worked"];
  return markdownTable(header, rows);
}

/** The same burst, by what a replica holds and what it works on. */
function prefetchTable(): string {
  const cases = [[1, 1], [1, 2], [1, 10], [1, 100], [8, 8], [8, 16], [8, 100]] as const;
  const rows = cases.map(([concurrency, prefetch]) => {
    const scaling = { target: 5 * concurrency, maxReplicas: Math.ceil(50 / concurrency) };
    const outcomes = trials(TRIALS, ordinaryBurst(scaling, { concurrency, prefetch }));
    return [
      String(concurrency),
      String(prefetch),
      seconds(middle(outcomes, ({ lastResultS }) => lastResultS)),
      `${Math.round(100 * middle(outcomes, idleShare))} %`,
      paidByWorked(outcomes),
    ];
  });
  const header = ["concurrency", "prefetch", "all done", "running with nothing to do"];
  return markdownTable([...header, "paid : worked"], rows);
}

/** A rate that grows for ten minutes to what 40 replicas can do, by the target. */
function rampTable(): string {
  const rows = [1, 2, 5, 20].map((target) => {
    const outcomes = trials(10, (seed) => ({
      ...change({ target, minReplicas: 1 }, {}),
      arrivals: ramp(0, 20, 600, seededRandom(Math.imul(seed + 1, 0x9e3779b1))),
    }));
    return [
      String(target),
      String(middle(outcomes, ({ mostReplicas }) => mostReplicas)),
      String(middle(outcomes, ({ mostReady }) => mostReady)),
      seconds(middle(outcomes, ({ latenciesS }) => percentile(latenciesS, 0.5))),
      seconds(middle(outcomes, ({ latenciesS }) => percentile(latenciesS, 0.99))),
      paidByWorked(outcomes),
    ];
  });
  const header = ["target", "most replicas", "largest backlog", "p50", "p99", "paid : worked"];
  return markdownTable(header, rows);
}

/** A day of people, by how the actor is kept. */
function dayTable(): string {
  const cases: readonly [name: string, Partial<Scenario["scaling"]>][] = [
    ["always 16", { minReplicas: 16, maxReplicas: 16 }],
    ["from 0, target 1", { target: 1 }],
    ["from 0, target 2", { target: 2 }],
    ["from 0, target 5", { target: 5 }],
    ["from 1, target 2", { target: 2, minReplicas: 1 }],
    ["from 0, target 2, cooldown 300 s", { target: 2, cooldownPeriodS: 300 }],
  ];
  const rows = cases.map(([name, scaling]) => {
    const outcome = simulate(ordinaryDay(scaling));
    return [
      name,
      seconds(percentile(outcome.latenciesS, 0.5)),
      seconds(percentile(outcome.latenciesS, 0.99)),
      String(outcome.mostReplicas || scaling.minReplicas),
      String(outcome.changes),
      paidByWorked([outcome]),
    ];
  });
  const header = ["replicas", "p50", "p99", "most replicas", "changes a day", "paid : worked"];
  return markdownTable(header, rows);
}

/**
 * A day whose noon keeps ten replicas busy.
 *
 * @param scaling how it differs from the ordinary
 */
export function ordinaryDay(scaling: Partial<Scenario["scaling"]>): Scenario {
  const arrivals = diurnal(1, 1, seededRandom(5));
  const rest = change(scaling, { serviceS: 10 });
  return { ...rest, arrivals, untilS: 86_400, momentS: 60, seed: 1 };
}

/**
 * A thousand messages at once.
 *
 * @param scaling how it differs from the ordinary
 * @param actor the same
 */
export function ordinaryBurst(
  scaling: Partial<Scenario["scaling"]>,
  actor: Partial<Scenario["actor"]>,
): Omit<Scenario, "seed"> {
  return { ...change(scaling, actor), arrivals: burst(1_000) };
}

/** Ten minutes of work for each message, by what the trigger counts. */
function triggerTable(): string {
  const cases = [
    ["http, counts unacked", HTTP_TRIGGER, 25],
    ["http", HTTP_TRIGGER, 1_800],
    ["amqp, sees only ready", AMQP_TRIGGER, 25],
    ["amqp", AMQP_TRIGGER, 1_800],
  ] as const;
  const rows = cases.map(([name, trigger, graceS]) => {
    const outcomes = trials(TRIALS, {
      ...change({ target: 1, scaleDownWindowS: 300 }, { serviceS: 600, unevenness: 0.5, graceS }),
      arrivals: burst(20),
      trigger,
      untilS: 2 * 3_600,
    });
    return [
      name,
      `${graceS} s`,
      String(middle(outcomes, ({ brokenOff }) => brokenOff)),
      `${middle(outcomes, ({ latenciesS }) => latenciesS.length)} of 20`,
      seconds(middle(outcomes, ({ lastResultS }) => lastResultS)),
      paidByWorked(outcomes),
    ];
  });
  const header = ["trigger", "grace", "broken off", "done in two hours", "the last of them"];
  return markdownTable([...header, "paid : worked"], rows);
}

/** How many of 30 000 keys move when the shards change, and how even the shards are. */
function shardTable(): string {
  const keys = Array.from({ length: 30_000 }, (_, number) => `job-${number}`);
  const shards = (count: number) =>
    Array.from({ length: count }, (_, number): Shard => ({ name: `ocr-${number}`, weight: 1 }));
  const rows = Object.entries(SHARDINGS).map(([way, create]) => {
    const moved = (before: readonly Shard[], after: readonly Shard[]) =>
      percent(movedShare(create(before), create(after), keys));
    const heavier = shards(4).map((shard, index) => index === 3 ? { ...shard, weight: 2 } : shard);
    return [
      way,
      moved(shards(4), shards(5)),
      moved(shards(8), shards(9)),
      moved(shards(5), shards(5).filter((_, index) => index !== 1)),
      moved(shards(4), heavier),
      `+${percent(fullestShare(create(shards(8)), shards(8), keys) - 1)}`,
    ];
  });
  rows.push(["the least possible", "20 %", "11 %", "20 %", "15 %", ""]);
  const changes = ["4 → 5", "8 → 9", "5 → 4, not the last", "one of 4 twice as strong"];
  return markdownTable(["way", ...changes, "fullest of 8"], rows);
}

function change(
  scaling: Partial<Scenario["scaling"]>,
  actor: Partial<Scenario["actor"]>,
): typeof ORDINARY {
  return {
    ...ORDINARY,
    scaling: { ...ORDINARY.scaling, ...scaling },
    actor: { ...ORDINARY.actor, ...actor },
  };
}

function trials(
  count: number,
  scenario: Omit<Scenario, "seed"> | ((seed: number) => Omit<Scenario, "seed">),
): Outcome[] {
  return Array.from(
    { length: count },
    (_, seed) => simulate({ ...typeof scenario === "function" ? scenario(seed) : scenario, seed }),
  );
}

/** The middle one of what the trials came to. */
function middle(outcomes: readonly Outcome[], read: (outcome: Outcome) => number): number {
  return percentile(outcomes.map(read), 0.5);
}

/** The share of the running replicas, from first result to last, that had nothing to work on. */
function idleShare({ timeline, firstResultS, lastResultS }: Outcome): number {
  const busy = timeline.filter(({ atS }) => atS >= firstResultS && atS <= lastResultS);
  const running = busy.reduce((sum, moment) => sum + moment.running, 0);
  return busy.reduce((sum, moment) => sum + moment.idle, 0) / running;
}

function paidByWorked(outcomes: readonly Outcome[]): string {
  return middle(outcomes, ({ replicaS, workS }) => replicaS / workS).toFixed(1);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
