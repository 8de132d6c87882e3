/** An answer, read from the connection itself. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, without its chunks' lengths. */
  readonly text: string;
}

/** How to send, and how long to wait. */
export interface SendOptions {
  /** Whether the request is a HEAD, whose answer has no body whatever its headers say. */
  readonly isHead?: boolean;
  /** Whether to say that nothing more comes, while still listening. */
  readonly isCutOff?: boolean;
  readonly patienceMs?: number;
}

/** What is known of an answer, as its bytes come in. */
type Progress = { readonly answer: RawAnswer; readonly isWhole: boolean } | undefined;

/**
 * Sends bytes over a connection of their own and reads the answer to the first request in them: for
 * what no client of HTTP would send.
 *
 * @param port of 127.0.0.1
 * @param bytes the request
 * @returns `"closed"` when the connection ended without an answer
 * @throws Error when there is neither in time
 */
export async function sendRaw(
  port: number,
  bytes: Uint8Array,
  options: SendOptions = {},
): Promise<RawAnswer | "closed"> {
  const { isHead = false, isCutOff = false, patienceMs = 10_000 } = options;
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let isLate = false;
  // For an answer that never comes.
  const timer = setTimeout(() => {
    isLate = true;
    connection.close();
  }, patienceMs);
  try {
    const sent = sendAll(connection, bytes, isCutOff);
    const answer = await receive(connection, isHead);
    await sent;
    if (isLate) throw new Error(`waited ${patienceMs} ms for an answer`);
    return answer;
  } finally {
    clearTimeout(timer);
    if (!isLate) connection.close();
  }
}

/** Sends what the other side takes: it may have answered and gone before it has read all. */
async function sendAll(connection: Deno.Conn, bytes: Uint8Array, isCutOff: boolean): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    if (isCutOff) await connection.closeWrite();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function receive(connection: Deno.Conn, isHead: boolean): Promise<RawAnswer | "closed"> {
  const buffer = new Uint8Array(64 * 1024);
  let text = ""; // a letter for each byte; the body is decoded at the end
  for (;;) {
    const count = await readSome(connection, buffer);
    for (const byte of buffer.subarray(0, count)) text += String.fromCharCode(byte);
    const progress = parseAnswer(text, isHead);
    if (progress?.isWhole || (count === 0 && progress)) return progress.answer;
    if (count === 0) return "closed";
  }
}

async function readSome(connection: Deno.Conn, buffer: Uint8Array): Promise<number> {
  try {
    return await connection.read(buffer) ?? 0;
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.NotConnected;
}

function parseAnswer(all: string, isHead: boolean): Progress {
  const end = all.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = all.slice(0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  const rest = all.slice(end + 4);
  if (status < 200) return parseAnswer(rest, isHead); // an interim answer; the one meant follows
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const done = (body: string, isWhole: boolean): Progress => ({
    answer: { status, headers, text: fromBytes(body) },
    isWhole,
  });
  if (isHead || status === 204 || status === 304) return done(rest, true);
  const length = headers.get("content-length");
  if (length !== null) return done(rest.slice(0, Number(length)), rest.length >= Number(length));
  const { body, isWhole } = joinChunks(rest);
  // A stream of events may stay open for ever: its beginning is answer enough.
  const isStream = headers.get("content-type") === "text/event-stream";
  return done(body, isWhole || (isStream && body.includes("\n\n")));
}

function joinChunks(text: string): { body: string; isWhole: boolean } {
  let body = "";
  for (let at = 0;;) {
    const end = text.indexOf("\r\n", at);
    const size = end === -1 ? NaN : parseInt(text.slice(at, end), 16);
    if (Number.isNaN(size) || text.length < end + 2 + size) return { body, isWhole: false };
    if (size === 0) return { body, isWhole: true };
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

/** The text of a body that has a letter for each byte. */
function fromBytes(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}
