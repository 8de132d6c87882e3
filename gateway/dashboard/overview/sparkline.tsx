/** One value per slot of time, the oldest first; `null` where it is not known. */
type Values = readonly (number | null)[];

/** What a sparkline draws. */
export interface SparklineProps {
  readonly values: Values;
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
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0), ...failures);
  const hasFailures = failures.some((value) => value > 0);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="under" d={drawGround(values, most)} />
      <path class="line" d={drawLine(values, most)} />
      {hasFailures && <path class="line bad" d={drawLine(failures, most)} />}
    </svg>
  );
}

/**
 * The line through some values, as a path of SVG, interrupted where they are not known. Where it
 * stays level, only its ends are in it.
 *
 * @param values evenly spaced, the oldest first
 * @param most the value at the top; 0 is at the bottom
 */
export function drawLine(values: Values, most: number): string {
  return drawStrokes(values, most).map(({ path }) => path).join("");
}

/** What is under the line of {@linkcode drawLine}. */
export function drawGround(values: Values, most: number): string {
  return drawStrokes(values, most).map(({ path, fromX }) => `${path}V${HEIGHT}H${fromX}Z`).join("");
}

/** A line through values that are all known. */
interface Stroke {
  readonly fromX: string;
  path: string;
}

function drawStrokes(values: Values, most: number): Stroke[] {
  const step = WIDTH / Math.max(1, values.length - 1);
  const strokes: Stroke[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const before = values[index - 1] ?? null;
    const after = values[index + 1] ?? null;
    const y = round(HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN));
    // One alone would be a point: it is drawn as long as it lasted.
    const half = before === null && after === null && values.length > 1 ? step / 2 : 0;
    const x = index * step;
    if (before === null) {
      const fromX = round(Math.max(0, x - half));
      strokes.push({ fromX, path: `M${fromX} ${y}` });
    }
    const stroke = strokes.at(-1);
    if (!stroke) continue;
    const isLevel = value === before && value === after;
    if (before !== null && !isLevel) stroke.path += `L${round(x)} ${y}`;
    if (half > 0) stroke.path += `H${round(Math.min(WIDTH, x + half))}`;
  }
  return strokes;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
