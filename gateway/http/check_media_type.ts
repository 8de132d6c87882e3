/** What a body of JSON may be declared as; `text/plain` is what `fetch` declares a string as. */
const JSON_TYPE = /^(application\/json|text\/json|text\/plain|[a-z]+\/[-!#$&^_.+a-z0-9]+\+json)$/;

const UTF_8 = ["utf-8", "utf8", "us-ascii"];

/**
 * Whether a body is declared as something that cannot be read as JSON. One that is declared as
 * nothing is tried.
 *
 * @param headers the request's
 * @returns what is wrong, or `undefined`
 */
export function checkMediaType(headers: Headers): string | undefined {
  const coding = headers.get("content-encoding") ?? "";
  if (coding !== "" && coding.toLowerCase() !== "identity") {
    return `Content-Encoding is ${quote(coding)}; a body as it is, without one, is allowed`;
  }
  const [type = "", ...parameters] = (headers.get("content-type") ?? "").split(";");
  if (type === "") return undefined;
  if (!JSON_TYPE.test(type.trim().toLowerCase())) {
    return `Content-Type is ${quote(type)}; application/json is allowed`;
  }
  for (const parameter of parameters) {
    const [, charset] = /^\s*charset="?([^"]*)"?\s*$/i.exec(parameter) ?? [];
    if (charset !== undefined && !UTF_8.includes(charset.trim().toLowerCase())) {
      return `the charset is ${quote(charset)}; utf-8 is allowed`;
    }
  }
  return undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
