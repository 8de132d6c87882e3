/** What a sparkline draws: one value per slot of time, the oldest first. */
export interface SparklineProps {
  readonly values: readonly number[];
  /** A second line in the colour of failures, over the same scale. */
  readonly failures?: readonly number[];
  /** What it shows, in words, for whoever does not see it. */
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 28;

/** Room for half a line above and below. */
const MARGIN = 1.5;

/** A small drawing of how something went on, with words in its place. */
export function Sparkline({ values, failures = [], label }: SparklineProps) {
  const most = Math.max(1e-9, ...values, ...failures);
  const line = drawLine(values, most);
  const hasFailures = failures.some((value) => value > 0);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="under" d={line === "" ? "" : `${line}V${HEIGHT}H0Z`} />
      <path class="line" d={line} />
      {hasFailures && <path class="line bad" d={drawLine(failures, most)} />}
    </svg>
  );
}

/**
 * The line through some values, as a path of SVG. Where it stays level, only its ends are in it.
 *
 * @param values evenly spaced, the oldest first
 * @param most the value at the top; 0 is at the bottom
 */
export function drawLine(values: readonly number[], most: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  const last = values.length - 1;
  return values.map((value, index) => {
    const isLevel = value === values[index - 1] && value === values[index + 1];
    if (isLevel && index > 0 && index < last) return "";
    const y = HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN);
    return `${index === 0 ? "M" : "L"}${round(index * step)} ${round(y)}`;
  }).join("");
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
