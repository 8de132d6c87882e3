import { isJsonObject, type Json, type JsonObject, parseJson } from "@asya/protocol";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** An answer, with its body as text. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Holds answers to a gateway's OpenAPI document. */
export class AnswerCheck {
  /** The operations that were seen with the statuses they were answered with: `getJob 404`. */
  readonly seen = new Set<string>();
  readonly #document: JsonObject;
  readonly #paths: readonly { readonly matcher: RegExp; readonly path: string }[];
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #compiled = new Map<JsonObject, ValidateFunction>();

  /** @param document an OpenAPI 3.1 document */
  constructor(document: JsonObject) {
    this.#document = document;
    this.#paths = Object.keys(member(document, "paths")).map((path) => ({
      path,
      matcher: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
    }));
  }

  /** Every operation with every status that the document names. */
  get documented(): string[] {
    return this.#paths.flatMap(({ path }) =>
      Object.values(member(this.#document, "paths", path)).flatMap((operation) =>
        Object.keys(member(operation, "responses")).map((status) => nameOf(operation, status))
      )
    );
  }

  /**
   * What is wrong with an answer, one sentence each.
   *
   * @param method the request's
   * @param pathname the request's, as it was sent
   */
  problemsOf(method: string, pathname: string, answer: SeenAnswer): string[] {
    const found = this.#paths.find(({ matcher }) => matcher.test(pathname));
    if (found === undefined) return this.#refusal(answer, [403, 404]);
    const operations = member(this.#document, "paths", found.path);
    const operation = operations[method === "HEAD" ? "get" : method.toLowerCase()];
    if (operation === undefined) return this.#wrongMethod(method, operations, answer);
    const { status } = answer;
    const response = member(operation, "responses")[status];
    if (!isJsonObject(response)) return [`${status} is not documented: ${answer.text}`];
    this.seen.add(nameOf(operation, status));
    return [...missingHeaders(response, answer), ...this.#content(method, response, answer)];
  }

  #wrongMethod(method: string, operations: JsonObject, answer: SeenAnswer): string[] {
    const allowed = (answer.headers.get("allow") ?? "").split(", ").sort();
    const known = Object.keys(operations).flatMap((name) =>
      name === "get" ? ["GET", "HEAD"] : [name.toUpperCase()]
    );
    if (answer.status === 403) return this.#refusal(answer, [403]);
    const problems = method === "OPTIONS" && answer.status === 204
      ? []
      : this.#refusal(answer, [405], method === "HEAD");
    const isRight = allowed.join() === [...known, "OPTIONS"].sort().join();
    return isRight ? problems : [...problems, `Allow is ${allowed}, not ${known}`];
  }

  #refusal({ status, text }: SeenAnswer, allowed: readonly number[], isEmpty = false): string[] {
    if (!allowed.includes(status)) return [`${status} instead of ${allowed.join(" or ")}: ${text}`];
    if (isEmpty || text === "") return [];
    const parsed = parseJson(text);
    const isProblem = parsed.ok && isJsonObject(parsed.value) &&
      typeof parsed.value.error === "string" && parsed.value.error !== "";
    return isProblem ? [] : [`no problem but ${text}`];
  }

  #content(method: string, response: JsonObject, { headers, text }: SeenAnswer): string[] {
    const contents = isJsonObject(response.content) ? response.content : {};
    if (method === "HEAD" || response.content === undefined) {
      return text === "" ? [] : [`a body that should be empty: ${text}`];
    }
    const [type = ""] = (headers.get("content-type") ?? "").split(";");
    const content = contents[type];
    if (!isJsonObject(content)) return [`Content-Type is ${type}, not ${Object.keys(contents)}`];
    if (isJsonObject(content["x-events"])) return this.#events(content["x-events"], text);
    if (type !== "application/json") return [];
    const parsed = parseJson(text);
    return parsed.ok ? this.#value(member(content, "schema"), parsed.value) : [parsed.reason];
  }

  #events(schemas: JsonObject, text: string): string[] {
    return text.split("\n\n").flatMap((block) => {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1] ?? "";
      if (event === undefined) return [];
      const schema = schemas[event];
      if (!isJsonObject(schema)) return [`the event ${event} is not documented`];
      const parsed = event === "status" ? { ok: true, value: data } as const : parseJson(data);
      return parsed.ok ? this.#value(schema, parsed.value) : [parsed.reason];
    });
  }

  /** What is wrong with a value, to a reader who knows no other fields than those in the schema. */
  #value(schema: JsonObject, value: Json): string[] {
    const known = this.#compiled.get(schema);
    const validate = known ?? this.#ajv.compile({
      ...close(schema),
      components: close(member(this.#document, "components")),
    });
    this.#compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath || "the body"} ${message} ${JSON.stringify(params)}`
    );
  }
}

/** The name under which an answer counts as seen. */
function nameOf(operation: Json, status: string | number): string {
  return `${isJsonObject(operation) ? operation.operationId : "?"} ${status}`;
}

function missingHeaders(response: JsonObject, { headers }: SeenAnswer): string[] {
  const names = isJsonObject(response.headers) ? Object.keys(response.headers) : [];
  return names.filter((name) => !headers.has(name)).map((name) => `${name} is missing`);
}

function member(value: Json | undefined, ...path: string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (inner, name) => isJsonObject(inner) ? inner[name] : undefined,
    value,
  );
  if (!isJsonObject(found)) throw new TypeError(`${path.join("/") || "it"} is no object`);
  return found;
}

/** The same schema, without fields that it does not name. */
function close(value: JsonObject): JsonObject {
  const closed = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closeAny(inner)]),
  );
  return isJsonObject(value.properties) && value.type === "object"
    ? { additionalProperties: false, ...closed }
    : closed;
}

function closeAny(value: Json): Json {
  if (Array.isArray(value)) return value.map(closeAny);
  return isJsonObject(value) ? close(value) : value;
}
