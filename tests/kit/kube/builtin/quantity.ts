/** What a quantity looks like at all. */
const SYNTAX = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** Why a text is no quantity, as the API server says it. */
export const QUANTITY_WORDS =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const NANOS = 1_000_000_000n;
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** How much of something: in billionths, and by which suffixes it is written. */
interface Quantity {
  readonly nanos: bigint;
  readonly style: "decimal" | "binary" | "exponent";
}

/**
 * Writes a quantity the way the API server keeps it: with the largest suffix that leaves a whole
 * number, so that `0.5` is `500m` and `1024Mi` is `1Gi`.
 *
 * @param value a text or a number
 * @returns the text; `undefined` where the value is no quantity
 */
export function canonicalQuantity(value: unknown): string | undefined {
  const quantity = parseQuantity(String(value));
  return quantity && writeQuantity(quantity);
}

/** How much a quantity is, in billionths, to compare it with others. */
export function quantityNanos(value: unknown): bigint | undefined {
  return parseQuantity(String(value))?.nanos;
}

function parseQuantity(text: string): Quantity | undefined {
  const [, number = "", suffix = ""] = SYNTAX.exec(text) ?? [];
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)(\d*)\.?(\d*)$/.exec(number) ?? [];
  if (whole + fraction === "") return undefined;
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  const binary = BINARY.indexOf(suffix);
  const decimal = DECIMAL.indexOf(suffix);
  let nanos = BigInt(whole + fraction) * NANOS;
  if (exponent !== undefined) nanos = scale(nanos, Number(exponent));
  else if (binary > 0) nanos *= 1024n ** BigInt(binary);
  else if (decimal >= 0) nanos = scale(nanos, (decimal - 3) * 3);
  else return undefined;
  nanos = scale(nanos, -fraction.length);
  return {
    nanos: sign === "-" ? -nanos : nanos,
    style: exponent !== undefined ? "exponent" : binary > 0 ? "binary" : "decimal",
  };
}

/** Times a power of ten; what is smaller than a billionth is rounded away from nothing. */
function scale(nanos: bigint, power: number): bigint {
  if (power >= 0) return nanos * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (nanos + divisor - 1n) / divisor;
}

function writeQuantity({ nanos, style }: Quantity): string {
  if (nanos === 0n) return "0";
  const size = nanos < 0n ? -nanos : nanos;
  if (style === "binary" && size >= 1024n * NANOS && size % NANOS === 0n) {
    return write(nanos / NANOS, 1024n, (step) => BINARY[step] ?? "", BINARY.length);
  }
  if (style === "exponent") {
    return write(nanos, 1000n, (step) => step === 3 ? "" : `e${(step - 3) * 3}`, 10);
  }
  return write(nanos, 1000n, (step) => DECIMAL[step] ?? "", DECIMAL.length);
}

function write(
  amount: bigint,
  base: bigint,
  suffixOf: (step: number) => string,
  steps: number,
): string {
  let step = 0;
  let left = amount;
  while (left % base === 0n && step < steps - 1) {
    left /= base;
    step++;
  }
  return `${left}${suffixOf(step)}`;
}
