/**
 * What kind of trouble an error is, by which those who caught it decide:
 *
 * - `away`: the server cannot be reached, is starting or ending, or may only be read at this moment;
 *   the same will work later, over another connection.
 * - `refused`: the server does not want us as we are; somebody has to change something.
 * - `conflict`: two transactions stood in each other's way; the same works when it is repeated.
 * - `data`: the values themselves; the same never works.
 * - `other`: anything else.
 */
export type Trouble = "away" | "refused" | "conflict" | "data" | "other";

/** Something is there already of which there may be one. */
export const UNIQUE_VIOLATION = "23505";

/** Two letters of PostgreSQL's codes name the class. */
const CLASSES: Readonly<Record<string, Trouble>> = {
  "08": "away", // connection exception
  "22": "data", // data exception
  "23": "data", // integrity constraint violation
  "28": "refused", // invalid authorization
  "3D": "refused", // there is no such database
  "40": "conflict", // transaction rollback
  "53": "away", // insufficient resources, such as connections
  "54": "data", // program limit exceeded
  "57": "away", // operator intervention: shutdown, crash, still starting
  "58": "away", // system error
};

/** Codes that differ from their class, and those of Node and of the client. */
const CODES: Readonly<Record<string, Trouble>> = {
  "25006": "away", // a server that follows another one, which it may replace soon
  "42501": "refused", // insufficient privilege
  "55P03": "away", // a lock that others have for longer than we wait
  "CONNECTION_CLOSED": "away",
  "CONNECTION_DESTROYED": "away",
  "CONNECTION_ENDED": "away",
  "ECONNREFUSED": "away",
  "ECONNRESET": "away",
  "ECONNABORTED": "away",
  "EAI_AGAIN": "away",
  "EHOSTUNREACH": "away",
  "ENETUNREACH": "away",
  "ENOTFOUND": "away",
  "EPIPE": "away",
  "ETIMEDOUT": "away",
  "SERVER_SILENT": "away",
  "SERVER_UNSUITABLE": "refused",
};

/** An error of our own about a server, with a code as the client's errors have one. */
export class ServerError extends Error {
  /** What it is called in logs. */
  override readonly name = "ServerError";
  /** The server says nothing, or somebody has to change something. */
  readonly code: "SERVER_SILENT" | "SERVER_UNSUITABLE";

  /**
   * An error that says what was found and what is allowed.
   *
   * @param code it says nothing, or somebody has to change something
   * @param message what was found, and what is allowed
   * @param options what caused it
   */
  constructor(code: ServerError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The code of an error, where it has one.
 *
 * @param error what was caught
 */
export function codeOf(error: unknown): string | undefined {
  const hasCode = error instanceof Error && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : undefined;
}

/**
 * What kind of trouble an error is.
 *
 * @param error what was caught
 */
export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error);
  if (code === undefined) return "other";
  return CODES[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? CLASSES[code.slice(0, 2)] : undefined) ??
    "other";
}

/**
 * What is wrong, in words, with the code that an operator can look up.
 *
 * @param error what was caught
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  const isSaid = code === undefined || isOwnCode(code) || error.message.includes(code);
  // An error about several addresses of one name has its words inside.
  const first = error instanceof AggregateError && error.message === "" ? error.errors[0] : error;
  const words = first instanceof Error ? first.message : String(first);
  return isSaid ? words : `${words} (${code})`;
}

/** Nobody can look up a code of ours. */
function isOwnCode(code: string): boolean {
  return code === "SERVER_SILENT" || code === "SERVER_UNSUITABLE";
}
