import { drawChart } from "./draw_chart.ts";
import type { Moment } from "./scenario.ts";
import { simulate } from "./simulate.ts";
import { ordinaryBurst, ordinaryDay } from "./tables.ts";

/** The charts that docs/scaling.md shows, by the paths of their files. */
export const CHARTS = {
  "docs/scaling_burst.svg": drawBurst,
  "docs/scaling_day.svg": drawDay,
} as const;

/** What is left of a thousand messages, by the start and the target. */
function drawBurst(): string {
  const cases = [
    ["target 5, start 5 s", 5, 5],
    ["target 5, start 90 s", 5, 90],
    ["target 100, start 5 s", 100, 5],
  ] as const;
  return drawChart({
    title: "A thousand messages at once, 2 s of work each: how many are left",
    x: { label: "seconds", max: 240, ticks: [0, 60, 120, 180, 240].map(mark) },
    y: { label: "messages", max: 1_000, ticks: [0, 250, 500, 750, 1_000].map(mark) },
    lines: cases.map(([name, target, startS]) => ({
      name,
      points: simulate({ ...ordinaryBurst({ target }, { startS }), seed: 3 }).timeline
        .filter(({ atS }) => atS <= 240 && atS % 2 === 0)
        .map(({ atS, ready, unacked }) => [atS, ready + unacked] as const),
    })),
  });
}

/** Replicas over a day, beside those that have work. */
function drawDay(): string {
  const { timeline } = simulate(ordinaryDay({ target: 2 }));
  return drawChart({
    title: "A day of people, 10 s of work each: replicas that run, and that have work",
    x: { label: "hour of the day", max: 24, ticks: [0, 6, 12, 18, 24].map(mark) },
    y: { label: "replicas", max: 16, ticks: [0, 4, 8, 12, 16].map(mark) },
    lines: [
      { name: "running", points: averages(timeline, ({ running }) => running) },
      { name: "with work", points: averages(timeline, ({ running, idle }) => running - idle) },
    ],
  });
}

/** A day's moments, a minute apart, as one value for every twenty minutes, over hours. */
function averages(
  timeline: readonly Moment[],
  read: (moment: Moment) => number,
): [hour: number, average: number][] {
  const size = 20;
  return Array.from({ length: Math.floor(timeline.length / size) }, (_, index) => {
    const part = timeline.slice(index * size, (index + 1) * size);
    const sum = part.reduce((total, moment) => total + read(moment), 0);
    return [(index + 0.5) * size / 60, sum / part.length];
  });
}

function mark(value: number): readonly [number, string] {
  return [value, value.toLocaleString("en")];
}
