/** How bad a finding is. */
export type Level =
  /** As it should be. */
  | "ok"
  /** It could not be checked. */
  | "unknown"
  /** It works, and may not for long, or not as somebody expects. */
  | "warning"
  /** It does not work. */
  | "broken";

/** What a check has found. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly check: string;
  readonly level: Level;
  /** What is so, in a sentence. */
  readonly what: string;
  /** Why that matters; said of everything that is not as it should be. */
  readonly why?: string;
  /** What to do: one command, or one line to change. */
  readonly todo?: string;
}

/** Something is as it should be. */
export function ok(check: string, what: string): Finding {
  return { check, level: "ok", what };
}

/** Something that is not, or could not be looked at. */
export function finding(
  check: string,
  level: Exclude<Level, "ok">,
  what: string,
  why: string,
  todo: string,
): Finding {
  return { check, level, what, why, todo };
}

/** A check that threw: what it was to find out is not known. */
export function notChecked(error: unknown): Finding[] {
  const reason = error instanceof Error ? error.message : String(error);
  const why = "what could not be checked may be broken";
  return [finding("doctor", "unknown", reason, why, "mend that, and ask again")];
}
