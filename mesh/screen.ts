/** Where a command talks to its user: results to standard output, everything else beside it. */
export interface Screen {
  /** Whether results may be coloured. */
  readonly colourOut: boolean;
  /** Whether everything else may be. */
  readonly colourErr: boolean;
  /** Whether a line on standard error can be written over. */
  readonly isLive: boolean;
  /** Columns of the terminal, 80 where there is none. */
  columns(): number;
  /** Columns of the terminal that shows standard output, `Infinity` where none does. */
  columnsOut(): number;
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes a line to standard error. */
  err(line: string): void;
  /** Shows a line that the next one writes over; only where {@linkcode Screen.isLive}. */
  live(line: string): void;
}

/** Brings the cursor to the begin of its line and empties that. */
const CLEAR_LINE = "\r\x1b[2K";

/**
 * Talks to the terminal, or to whatever stands in its place. Colours respect `NO_COLOR`, and a
 * terminal that calls itself dumb gets plain lines.
 */
export function createScreen(): Screen {
  const isDumb = Deno.env.get("TERM") === "dumb";
  const isLive = Deno.stderr.isTerminal() && !isDumb;
  const encoder = new TextEncoder();
  let isShown = false;
  const clear = () => {
    if (isShown) Deno.stderr.writeSync(encoder.encode(CLEAR_LINE));
    isShown = false;
  };
  return {
    colourOut: Deno.stdout.isTerminal() && !isDumb && !Deno.noColor,
    colourErr: isLive && !Deno.noColor,
    isLive,
    // A terminal that does not know its size says 0.
    columns: () => (isLive ? Deno.consoleSize().columns : 0) || 80,
    columnsOut: () => Deno.stdout.isTerminal() ? Deno.consoleSize().columns || 80 : Infinity,
    out(line) {
      clear();
      console.log(line);
    },
    err(line) {
      clear();
      console.error(line);
    },
    live(line) {
      clear();
      Deno.stderr.writeSync(encoder.encode(line));
      isShown = true;
    },
  };
}
