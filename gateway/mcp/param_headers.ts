import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";

/** An argument that a tool wants repeated in a header, for those who route by it. */
interface Repeated {
  /** Names of the properties that lead to it. */
  readonly path: readonly string[];
  readonly header: string;
}

/** The word of a schema that asks for it. */
const KEYWORD = "x-mcp-header";

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Compares the headers `Mcp-Param-*` of a call with the arguments that they repeat.
 *
 * @see https://modelcontextprotocol.io/seps/2243-http-standardization
 */
export class ParamHeaders {
  readonly #repeated = new WeakMap<JsonObject, readonly Repeated[]>();

  /**
   * Says what is wrong with a call's headers; nothing, if they say what the arguments say.
   *
   * @param schema of the tool's arguments
   * @param args the arguments
   * @param headers of the request
   */
  check(schema: JsonObject, args: JsonObject, headers: Headers): string | undefined {
    let repeated = this.#repeated.get(schema);
    if (!repeated) {
      repeated = findRepeated(schema, []);
      this.#repeated.set(schema, repeated);
    }
    for (const { path, header } of repeated) {
      const value = path.reduce<Json | undefined>(
        (inner, name) =>
          isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined,
        args,
      );
      if (value === undefined || value === null || typeof value === "object") continue;
      const problem = compare(value, headers.get(header));
      if (problem !== undefined) return `the header ${header} ${problem}: ${path.join(".")}`;
    }
    return undefined;
  }
}

function findRepeated(schema: JsonObject, path: readonly string[]): Repeated[] {
  if (!isJsonObject(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    if (!isJsonObject(property)) return [];
    const inner = [...path, name];
    const header = property[KEYWORD];
    const own = typeof header === "string" && TOKEN.test(header)
      ? [{ path: inner, header: `Mcp-Param-${header}` }]
      : [];
    return [...own, ...findRepeated(property, inner)];
  });
}

function compare(value: string | number | boolean, header: string | null): string | undefined {
  if (header === null) return "is missing, and repeats an argument that is there";
  const said = decode(header);
  if (said === undefined) return "is no Base64, though it says so";
  const isSame = typeof value === "number" && DECIMAL.test(said)
    ? Number(said) === value
    : said === String(value);
  return isSame ? undefined : "says something else than the argument that it repeats";
}

/** What a header says: as it is written, or in Base64 between marks. */
function decode(header: string): string | undefined {
  const [, text] = /^=\?base64\?(.*)\?=$/.exec(header) ?? [];
  if (text === undefined) return header;
  if (!BASE64.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Bytes that are no text are as wrong as what is no Base64.
    return undefined;
  }
}
