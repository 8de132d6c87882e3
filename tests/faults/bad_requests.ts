/**
 * Requests that nobody should send, made from a gateway's own description: of the right shape, of
 * nearly the right shape, of no shape, and of no HTTP.
 *
 * @module
 */
import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import fc from "fast-check";

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

/** Stands for a job that there is, in paths and bodies. */
export const SOME_JOB = "SOME-JOB";

/** Tools that there are. */
const TOOLS = ["scan", "open", "asya_job"];

/** What is in no schema. */
const oddJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, "", 0, -1, 0.5, -0, 1e300, 2 ** 53, true, [], {}, [[]], [null]),
  fc.constantFrom<Json>("\u0000", "\ud800", "a".repeat(3_000), "../../etc/passwd", "' OR 1=1 --"),
  fc.constant(JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json),
  fc.jsonValue().map((value) => value as Json),
);

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
      : mostly(valueOf(document, schema).map(toText).map(toBytes), oddBody, 5),
    framing: mostly<Framing>(fc.constant("length"), fc.constantFrom("chunks", "short")),
    junk: mostly<Uint8Array | undefined>(fc.constant(undefined), junk, 60),
  });
}

function bodySchemaOf(operation: JsonObject): JsonObject | undefined {
  if (!isJsonObject(operation.requestBody)) return undefined;
  const { schema } = inner(operation, "requestBody", "content", "application/json");
  return isJsonObject(schema) ? schema : undefined;
}

/** Values that a schema describes, and some beside its edges. */
function valueOf(document: JsonObject, schema: JsonObject, depth = 0): fc.Arbitrary<Json> {
  const { $ref, anyOf, enum: choices, type, items, properties } = schema;
  if (typeof $ref === "string") {
    return valueOf(document, inner(document, ...$ref.slice(2).split("/")), depth);
  }
  if (Array.isArray(anyOf)) {
    return fc.oneof(...anyOf.filter(isJsonObject).map((one) => valueOf(document, one, depth)));
  }
  if (Array.isArray(choices)) return orOdd(fc.constantFrom(...choices));
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one) => valueOf(document, { ...schema, type: one }, depth)));
  }
  switch (type) {
    case "string":
      return orOdd(textOf(schema));
    case "integer":
    case "number":
      return orOdd(numberOf(schema));
    case "null":
      return fc.constant(null);
    case "array": {
      const item = valueOf(document, isJsonObject(items) ? items : {}, depth + 1);
      return orOdd(fc.array(item, { maxLength: 4 }).map((value) => value as Json));
    }
    case "object":
      return orOdd(
        objectOf(document, schema, isJsonObject(properties) ? properties : {}, depth),
        depth === 0 ? 40 : 8,
      );
    default:
      return oddJson;
  }
}

function objectOf(
  document: JsonObject,
  { required }: JsonObject,
  properties: JsonObject,
  depth: number,
): fc.Arbitrary<Json> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      valueOf(document, isJsonObject(schema) ? schema : {}, depth + 1),
    ]),
  );
  const needed = Array.isArray(required) ? required.map(String) : [];
  const extra = fc.dictionary(fc.string({ maxLength: 8 }), oddJson, { maxKeys: 2 });
  return fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.record(fields, { requiredKeys: needed }) },
      { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }),
  ).map(([known, more]) => ({ ...more, ...known }) as JsonObject);
}

function orOdd(usual: fc.Arbitrary<Json>, weight = 8): fc.Arbitrary<Json> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: oddJson });
}

function textOf({ pattern, maxLength, minLength }: JsonObject): fc.Arbitrary<Json> {
  const edge = typeof maxLength === "number" ? maxLength : 40;
  return fc.oneof(
    fc.constantFrom(SOME_JOB, ...TOOLS, "a", "/0:2:ab", "/1:2:ab", "/0:1:ab/0:1:cd"),
    fc.constantFrom("a".repeat(edge), "a".repeat(edge + 1), minLength === 1 ? "" : "b"),
    typeof pattern === "string" ? fc.stringMatching(new RegExp(pattern)) : fc.string(),
  );
}

function numberOf({ minimum, maximum, type }: JsonObject): fc.Arbitrary<Json> {
  const least = typeof minimum === "number" ? minimum : -5;
  const most = typeof maximum === "number" ? maximum : 1e9;
  return fc.oneof(
    fc.integer({ min: Math.ceil(least), max: Math.min(5, Math.floor(most)) }),
    fc.constantFrom(least, least - 1, most, most + 1, type === "integer" ? 0.5 : 1),
  );
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

/** The bytes of a request. */
export function writeRequest(request: BadRequest, port: number, jobId: string): Uint8Array {
  if (request.junk !== undefined) return request.junk;
  const { method, path, query, framing } = request;
  const target = `${path}${query && `?${query}`}`.replaceAll(SOME_JOB, jobId);
  const names = new Set(request.headers.map(([name]) => name));
  const body = request.body && fill(request.body, jobId);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...names.has("host") ? [] : [`host: 127.0.0.1:${port}`],
    "connection: close",
    ...request.headers.map(([name, value]) => `${name}: ${value.replaceAll(SOME_JOB, jobId)}`),
  ];
  if (body === undefined) return toLatin1(`${lines.join("\r\n")}\r\n\r\n`);
  if (framing === "chunks") {
    const head = toLatin1(`${[...lines, "transfer-encoding: chunked"].join("\r\n")}\r\n\r\n`);
    const size = toLatin1(`${body.length.toString(16)}\r\n`);
    const chunks = body.length > 0 ? [size, body, toLatin1("\r\n")] : [];
    return join([head, ...chunks, toLatin1("0\r\n\r\n")]);
  }
  const announced = body.length + (framing === "short" ? 7 : 0);
  return join([toLatin1(`${lines.join("\r\n")}\r\ncontent-length: ${announced}\r\n\r\n`), body]);
}

function fill(body: Uint8Array, jobId: string): Uint8Array {
  const text = new TextDecoder().decode(body);
  return text.includes(SOME_JOB) ? toBytes(text.replaceAll(SOME_JOB, jobId)) : body;
}

function toText(value: Json): string {
  return JSON.stringify(value);
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function inner(value: JsonObject, ...path: string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (one, name) => isJsonObject(one) ? one[name] : undefined,
    value,
  );
  if (!isJsonObject(found)) throw new TypeError(`${path.join("/")} is no object`);
  return found;
}
