import assert from "node:assert/strict";
import type { Attributes, AttributeValue, SeenSpan } from "../../kit/mod.ts";

/** Attributes that Deno gives to every span of a request, with ports and the like in them. */
const OF_REQUESTS = [
  "http.request.method",
  "url.full",
  "url.path",
  "url.query",
  "url.scheme",
];

/**
 * Draws a trace: a line for each span, below its parent, with all that is known of it but what
 * differs each time or follows from its name. Spans of one parent are in the order of their texts.
 *
 * @param spans all spans of one trace
 * @param jobId the job that it is of, which every span about a message names
 * @param carrier what every span of an operation at a queue says of the broker
 */
export function drawTrace(
  spans: readonly SeenSpan[],
  jobId: string,
  carrier: Attributes = { "messaging.system": "sqlite" },
): string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const nameOf = (spanId: string) => {
    const span = byId.get(spanId);
    return span ? `${span.name} (${whoseIs(span)})` : "a span elsewhere";
  };
  const draw = (span: SeenSpan): string => {
    const about = Object.entries(tellingOf(span, jobId, carrier)).map(([key, value]) =>
      ` ${key}=${value}`
    );
    const links = span.links.map(({ spanId }) => ` -> ${nameOf(spanId)}`);
    const status = span.status === "unset" ? [] : [` ${span.status}`];
    const why = span.statusMessage === "" ? [] : [`: ${span.statusMessage}`];
    const head = [
      span.kind,
      " ",
      nameOf(span.spanId),
      ...about.sort(),
      ...status,
      ...why,
      ...links,
    ];
    return [head.join(""), ...below(span.spanId)].join("\n");
  };
  const below = (parentId: string): string[] =>
    spans.filter((span) => span.parentId === parentId)
      .map(draw).sort().map((text) => text.replaceAll(/^/gm, "  "));
  const roots = spans.filter(({ parentId }) => !byId.has(parentId ?? ""));
  return roots.map(draw).sort().join("\n");
}

/** The attributes of a span that tell something; those that follow from the rest are looked at here. */
function tellingOf(
  { name, resource, attributes }: SeenSpan,
  jobId: string,
  carrier: Attributes,
): Attributes {
  const rest = { ...attributes };
  const [operation, what] = name.split(" ");
  const settle = (key: string, isRight: (value: AttributeValue) => boolean) => {
    const value = rest[key];
    assert(value === undefined || isRight(value), `${key} of ${name} is ${value}`);
    delete rest[key];
  };
  for (const key of OF_REQUESTS) delete rest[key];
  settle("asya.actor", (actor) => actor === resource["asya.actor"]);
  settle("code.function.name", (handler) => handler === what);
  settle("http.route", (route) => route === what);
  if ("messaging.operation.name" in rest) {
    const isRouted = carrier["messaging.system"] === "rabbitmq" && operation === "send";
    const routed = isRouted && { "messaging.rabbitmq.destination.routing_key": what };
    for (const [key, value] of Object.entries({ ...carrier, ...routed })) {
      assert.equal(rest[key], value, `${key} of ${name}`);
      delete rest[key];
    }
  }
  settle("messaging.operation.type", (type) => type === operation);
  settle("messaging.operation.name", (type) => type === operation);
  settle("messaging.destination.name", (queue) => queue === what);
  settle("messaging.message.id", (id) => /^asya1-[0-9a-f]{32}$/.test(String(id)));
  settle("messaging.message.body.size", (bytes) => Number(bytes) > 100);
  settle("messaging.message.conversation_id", (id) => id === jobId);
  if (rest["asya.attempt"] === 1) delete rest["asya.attempt"];
  const branch = String(rest["asya.branch"] ?? "").replace(/^\/\d:(\d):[0-9a-f]+$/, "one of $1");
  return { ...rest, ...(branch && { "asya.branch": branch }) };
}

/** The process that a span is of, which also says what program it is. */
function whoseIs({ resource }: SeenSpan): string {
  const process = String(resource["service.instance.id"]);
  const program = process.split(".").at(-1);
  assert.equal(resource["service.name"], `asya-${program}`);
  assert.equal(resource["service.namespace"], "traced");
  assert.equal(resource["service.version"], "1.2.3");
  return process;
}
