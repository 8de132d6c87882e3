import { escapeControls } from "@asya/program";

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
 * terminal that calls itself dumb gets plain lines. Whoever wrote a text, nothing in it commands the
 * terminal, except to change a colour.
 *
 * @param onUnread is called when standard output is read by nobody any more; what is written
 *   afterwards is lost
 */
export function createScreen(onUnread: () => void = () => {}): Screen {
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
      try {
        writeAll(Deno.stdout, encoder.encode(`${escapeControls(line)}\n`));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        onUnread();
      }
    },
    err(line) {
      clear();
      console.error(escapeControls(line));
    },
    live(line) {
      clear();
      Deno.stderr.writeSync(encoder.encode(escapeControls(line)));
      isShown = true;
    },
  };
}

function writeAll(writer: typeof Deno.stdout, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writer.writeSync(bytes.subarray(written));
  }
}
