/** Where a parser of Go's `encoding/json` stands, in the words of its errors. */
type Context =
  | "looking for beginning of value"
  | "looking for beginning of object key string"
  | "after object key"
  | "after object key:value pair"
  | "after array element"
  | "after top-level value"
  | "in string literal"
  | "in string escape code"
  | "in numeric literal";

/**
 * Says why a text is no JSON as Go's `encoding/json` would, since the API server passes that on.
 *
 * @param text what was sent
 * @returns the sentence, or nothing where the text is JSON
 */
export function explainBadJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // Only the reason is wanted, and that is found below.
  }
  try {
    const end = skipValue(text, 0);
    const rest = skipSpace(text, end);
    if (rest < text.length) throw unexpected(text, rest, "after top-level value");
    return "invalid character";
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function unexpected(text: string, at: number, context: string): SyntaxError {
  const character = text[at];
  return new SyntaxError(
    character === undefined
      ? "unexpected end of JSON input"
      : `invalid character ${quote(character)} ${context}`,
  );
}

function quote(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (" \t\r\n".includes(text[at] ?? "x")) at++;
  return at;
}

function skipValue(text: string, from: number): number {
  const at = skipSpace(text, from);
  switch (text[at]) {
    case "{":
      return skipMembers(text, at, "}", skipMember, "after object key:value pair");
    case "[":
      return skipMembers(text, at, "]", skipValue, "after array element");
    case '"':
      return skipString(text, at);
    case "t":
      return skipWord(text, at, "true");
    case "f":
      return skipWord(text, at, "false");
    case "n":
      return skipWord(text, at, "null");
  }
  return skipNumber(text, at);
}

function skipMembers(
  text: string,
  from: number,
  close: string,
  skip: (text: string, from: number) => number,
  context: Context,
): number {
  let at = skipSpace(text, from + 1);
  if (text[at] === close) return at + 1;
  while (true) {
    at = skipSpace(text, skip(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw unexpected(text, at, context);
    at++;
  }
}

function skipMember(text: string, from: number): number {
  const key = skipSpace(text, from);
  if (text[key] !== '"') throw unexpected(text, key, "looking for beginning of object key string");
  const colon = skipSpace(text, skipString(text, key));
  if (text[colon] !== ":") throw unexpected(text, colon, "after object key");
  return skipValue(text, colon + 1);
}

function skipString(text: string, from: number): number {
  for (let at = from + 1;; at++) {
    const character = text[at];
    if (character === undefined || character < " ") throw unexpected(text, at, "in string literal");
    if (character === '"') return at + 1;
    if (character === "\\" && !'"\\/bfnrtu'.includes(text[++at] ?? "x")) {
      throw unexpected(text, at, "in string escape code");
    }
  }
}

function skipWord(text: string, from: number, word: string): number {
  for (let at = 1; at < word.length; at++) {
    if (text[from + at] !== word[at]) {
      throw unexpected(text, from + at, `in literal ${word} (expecting '${word[at]}')`);
    }
  }
  return from + word.length;
}

function skipNumber(text: string, from: number): number {
  const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/.exec(text.slice(from))?.[0];
  if (number !== undefined) return from + number.length;
  if (text[from] === "-") throw unexpected(text, from + 1, "in numeric literal");
  throw unexpected(text, from, "looking for beginning of value");
}
