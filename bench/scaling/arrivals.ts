/** When messages come, in seconds, in order. */
export type Arrivals = readonly number[];

/**
 * All at once.
 *
 * @param count how many
 */
export function burst(count: number): Arrivals {
  return Array.from({ length: count }, () => 0);
}

/**
 * A rate that grows, or falls, evenly.
 *
 * @param fromRate messages per second at the beginning
 * @param toRate messages per second at the end
 * @param durationS seconds
 * @param random gives numbers in [0, 1)
 */
export function ramp(
  fromRate: number,
  toRate: number,
  durationS: number,
  random: () => number,
): Arrivals {
  const rateAt = (atS: number) => fromRate + (toRate - fromRate) * atS / durationS;
  return arriveAtRate(rateAt, Math.max(fromRate, toRate), durationS, random);
}

/**
 * Days of people: nobody at midnight, the most at noon.
 *
 * @param peakRate messages per second at noon
 * @param days how many
 * @param random gives numbers in [0, 1)
 */
export function diurnal(peakRate: number, days: number, random: () => number): Arrivals {
  const rateAt = (atS: number) => peakRate * (1 - Math.cos(2 * Math.PI * atS / DAY_S)) / 2;
  return arriveAtRate(rateAt, peakRate, days * DAY_S, random);
}

const DAY_S = 86_400;

/**
 * Independent arrivals at a rate that changes, by thinning those at the highest rate.
 *
 * @param rateAt messages per second at a time
 * @param highestRate no rate is higher
 * @param durationS seconds
 * @param random gives numbers in [0, 1)
 * @see Lewis and Shedler 1979, Simulation of nonhomogeneous Poisson processes by thinning
 */
export function arriveAtRate(
  rateAt: (atS: number) => number,
  highestRate: number,
  durationS: number,
  random: () => number,
): Arrivals {
  const times: number[] = [];
  let atS = 0;
  while (true) {
    atS -= Math.log(1 - random()) / highestRate;
    if (atS >= durationS) return times;
    if (random() * highestRate < rateAt(atS)) times.push(atS);
  }
}
