/**
 * Requests that nobody should send, made from a gateway's own description: of the right shape, of
 * nearly the right shape, of no shape, and of no HTTP.
 *
 * @module
 */
import { isJsonObject, type JsonObject } from "@asya/protocol";
import fc from "fast-check";
import { inner, SOME_JOB, valueOf } from "./values_of_schema.ts";

/** A request, to be written out byte for byte. */
export interface BadRequest {
  readonly method: string;
  /** The path as it is sent, without its query. */
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  readonly framing: Framing;
  /** What is sent instead of all that. */
  readonly junk?: Uint8Array | undefined;
}

/** How a body comes: as announced, in chunks, or less of it than was announced. */
export type Framing = "length" | "chunks" | "short";

/** Who shows which token. */
export interface Tokens {
  readonly caller: string;
  readonly actor: string;
  /** One that is not known. */
  readonly wrong: string;
}

/** A name and its value, or nothing. */
type Header = readonly string[];

/**
 * Requests to the operations of a document, most of them wrong in one or two ways.
 *
 * @param document an OpenAPI 3.1 document
 * @param tokens who shows which
 */
export function badRequests(document: JsonObject, tokens: Tokens): fc.Arbitrary<BadRequest> {
  const operations = Object.entries(inner(document, "paths")).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).map(([method, operation]) =>
      ofOperation(document, tokens, path, method, isJsonObject(operation) ? operation : {})
    )
  );
  return fc.oneof(...operations);
}

function ofOperation(
  document: JsonObject,
  tokens: Tokens,
  path: string,
  method: string,
  operation: JsonObject,
): fc.Arbitrary<BadRequest> {
  const parameters = Array.isArray(operation.parameters)
    ? operation.parameters.filter(isJsonObject)
    : [];
  const needs = JSON.stringify(operation.security ?? []);
  const schema = bodySchemaOf(operation);
  const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 12) =>
    fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });
  const named = (where: string) => parameters.filter((parameter) => parameter.in === where);
  return fc.record({
    method: mostly(
      fc.constant(method.toUpperCase()),
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"),
    ),
    path: mostly(
      mostly(fc.constant(SOME_JOB), oddId, 4).map((id) => path.replace("{id}", id)),
      oddPath,
      30,
    ),
    query: fc.tuple(...named("query").map((parameter) => queryPart(document, parameter)), oddQuery)
      .map((parts) => parts.filter((part) => part !== "").join("&")),
    headers: fc.tuple(
      mostly(fc.constant(authorization(needs, tokens)), oddAuthorization(tokens)),
      mostly(fc.constant<Header>(["content-type", "application/json"]), oddType),
      ...named("header").map((parameter) => headerOf(document, parameter)),
      mostly(fc.constant<Header>([]), oddHeader),
    ).map((pairs) =>
      pairs.flatMap(([name, value]) =>
        name === undefined || value === undefined ? [] : [[name, value] as const]
      )
    ),
    body: schema === undefined
      ? mostly(fc.constant(undefined), fc.constant(toBytes("{}")))
      : mostly(
        valueOf(document, schema).map((value) => toBytes(JSON.stringify(value))),
        oddBody,
        5,
      ),
    framing: mostly<Framing>(fc.constant("length"), fc.constantFrom("chunks", "short")),
    junk: mostly<Uint8Array | undefined>(fc.constant(undefined), junk, 60),
  });
}

function bodySchemaOf(operation: JsonObject): JsonObject | undefined {
  if (!isJsonObject(operation.requestBody)) return undefined;
  const { schema } = inner(operation, "requestBody", "content", "application/json");
  return isJsonObject(schema) ? schema : undefined;
}

/** A value in the text of a URL or a header. */
function wordOf(document: JsonObject, schema: JsonObject): fc.Arbitrary<string> {
  return valueOf(document, schema).map((value) =>
    typeof value === "object" ? JSON.stringify(value) : String(value)
  );
}

function queryPart(document: JsonObject, parameter: JsonObject): fc.Arbitrary<string> {
  const name = String(parameter.name);
  const word = wordOf(document, inner(parameter, "schema"));
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    {
      weight: 3,
      arbitrary: word.map((text) => `${name}=${encodeURIComponent(text.toWellFormed())}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(name, `${name}=%ff`, `${name}=1&${name}=2`) },
  );
}

function headerOf(document: JsonObject, parameter: JsonObject): fc.Arbitrary<Header> {
  const name = String(parameter.name);
  const word = wordOf(document, inner(parameter, "schema")).map(toHeader);
  return fc.oneof(fc.constant<Header>([]), word.map((text): Header => [name, text]));
}

/** What may stand in a header: no control characters, one byte for each letter. */
function toHeader(text: string): string {
  return Array.from(text, (letter) => /^[\x20-\x7e\x80-\xff]$/.test(letter) ? letter : "?").join(
    "",
  );
}

function authorization(needs: string, tokens: Tokens): Header {
  if (needs.includes("caller")) return ["authorization", `Bearer ${tokens.caller}`];
  return needs.includes("actor") ? ["authorization", `Bearer ${tokens.actor}`] : [];
}

function oddAuthorization({ wrong, caller }: Tokens): fc.Arbitrary<Header> {
  return fc.constantFrom<Header>(
    [],
    ["authorization", `Bearer ${wrong}`],
    ["authorization", `Basic ${wrong}`],
    ["authorization", `Bearer ${caller} ${wrong}`],
    ["authorization", `Bearer ${wrong.repeat(300)}`],
    ["authorization", "Bearer"],
  );
}

const oddType: fc.Arbitrary<Header> = fc.constantFrom<Header>(
  [],
  ["content-type", "text/xml"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", "multipart/form-data; boundary="],
  ["content-type", ";;;"],
  ["content-encoding", "gzip"],
);

const oddHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.constantFrom<Header>(
    ["host", "evil.example"],
    ["host", ""],
    ["host", "127.0.0.1:99999"],
    ["host", "[::1"],
    ["origin", "https://evil.example"],
    ["origin", "null"],
    ["expect", "100-continue"],
    ["if-none-match", "*"],
    ["accept", "image/png"],
    ["range", "bytes=0-1"],
    ["x-forwarded-for", "'".repeat(100)],
    ["upgrade", "h2c"],
    ["x-long", "a".repeat(20_000)],
    ["x-far-too-long", "a".repeat(600_000)],
  ),
  fc.string().map((text): Header => ["x-odd", toHeader(text)]),
);

const oddId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("none", "%", "%ff", "%00", "..", "..%2f..", "a".repeat(8_192), "%ed%a0%80", "~"),
  fc.uuid(),
  fc.string({ minLength: 1 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const oddPath: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "//",
    "/jobs/",
    "/jobs//final",
    "/jobs/a/b/c",
    "/TOOLS",
    "/openapi.yaml",
    "/.env",
  ),
  fc.webPath().map((path) => `/none${path}`),
);

const oddQuery: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.webQueryParameters() },
  { weight: 1, arbitrary: fc.constantFrom("a=1", "&&&", "=", "limit", "__proto__=1", "%", "?") },
);

const oddBody: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom(
    "",
    "null",
    "[]",
    "{",
    "\ufeff{}",
    '{"a":1}x',
    "\u0000",
    '{"name":1e999}',
    `{"name":"scan","arguments":${'{"a":'.repeat(1_500)}1${"}".repeat(1_500)}}`,
    "[".repeat(30_000),
    `{"name":"${"a".repeat(70_000)}"}`,
  ).map(toBytes),
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map(toBytes),
);

/** What is no HTTP, or hardly. */
const junk: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }),
  fc.constantFrom(
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "POST /tools/call HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
    "POST /tools/call HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "GET /jobs HTTP/1.1\r\nhost: a\r\nx: \u0000\r\n\r\n",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\n`,
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  ).map(toBytes),
);

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
