import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isJsonObject, type JsonObject } from "./json.ts";
import {
  CANONICAL_SPELLING,
  MAX_MESSAGE_DEPTH,
  parseMessage,
  payloadForHandler,
  toWire,
} from "./message.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonObject[string]>;
const jsonObject = fc.dictionary(fc.string(), json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
const filledObject = jsonObject.filter((value) => Object.keys(value).length > 0);
const KNOWN = ["job_id", "id", "route", "headers", "payload", "deadline"];
const KNOWN_IN_ROUTE = ["steps", "route", "actors", "current", "metadata"];

/** Messages in every accepted spelling, with unknown fields in both places. */
const wire: fc.Arbitrary<JsonObject> = fc.record({
  stepsKey: fc.constantFrom("steps", "route", "actors"),
  steps: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
  current: fc.nat(),
  metadata: fc.option(filledObject),
  headers: fc.option(filledObject),
  deadline: fc.option(fc.constantFrom("2030-01-02T03:04:05Z", "2030-01-02T03:04:05.5+01:00")),
  jobId: fc.option(fc.string({ minLength: 1 })),
  payload: json,
  extra: jsonObject,
  routeExtra: jsonObject,
}).map((parts) => ({
  ...without(KNOWN, parts.extra),
  ...(parts.jobId !== null && { [parts.stepsKey === "actors" ? "id" : "job_id"]: parts.jobId }),
  route: {
    ...without(KNOWN_IN_ROUTE, parts.routeExtra),
    [parts.stepsKey]: parts.steps,
    current: parts.current % (parts.steps.length + 1),
    ...(parts.metadata !== null && { metadata: parts.metadata }),
  },
  ...(parts.headers !== null && { headers: parts.headers }),
  ...(parts.deadline !== null && { deadline: parts.deadline }),
  payload: parts.payload,
}));

function without(keys: readonly string[], value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

test("[W1] [W2] what is read is written again: spelling, unknown fields and all", () => {
  fc.assert(fc.property(wire, (body) => {
    const parsed = parseMessage(body);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.failure.message);
    // Compared as text, so that a field named __proto__ counts too.
    assert.equal(sorted(toWire(parsed.message)), sorted(body));
  }));
});

test("[W1] bytes, text and parsed JSON are read the same", () => {
  fc.assert(fc.property(wire, (body) => {
    const text = JSON.stringify(body);
    const fromText = parseMessage(text);
    assert.deepEqual(fromText, parseMessage(new TextEncoder().encode(text)));
    assert.deepEqual(fromText, parseMessage(JSON.parse(text)));
  }));
});

test("[W5] any JSON is a message or a malformed_message; nothing is thrown", () => {
  const nearly = fc.record({
    route: fc.oneof(json, fc.record({ steps: json, current: json, metadata: json })),
    payload: json,
    headers: json,
    job_id: json,
    deadline: json,
  }, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
  fc.assert(fc.property(fc.oneof(json, nearly), (value) => {
    const parsed = parseMessage(value);
    if (parsed.ok) {
      assert.ok(isJsonObject(value));
      assert.ok(parsed.message.route.current <= parsed.message.route.steps.length);
    } else {
      assert.equal(parsed.failure.code, "malformed_message");
      assert.ok(parsed.failure.message.length < 400);
    }
  }));
});

test("[W5] any bytes are a message or a malformed_message; nothing is thrown", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const parsed = parseMessage(bytes);
    assert.equal(parsed.ok, false);
  }));
});

test("[W5] a body nested too deep to be wrapped is malformed", () => {
  const body = (depth: number) =>
    `{"route":{"steps":["a"],"current":0},"payload":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assert.equal(parseMessage(body(MAX_MESSAGE_DEPTH - 1)).ok, true);
  assert.equal(parseMessage(body(MAX_MESSAGE_DEPTH)).ok, false);
});

test("[W5] a job's id is whole text: half a character has no place in a URL or a file's name", () => {
  const named = (job_id: string) =>
    parseMessage({ job_id, route: { steps: ["a"], current: 0 }, payload: 1 });
  for (const id of ["é", "😀", "a/b", "..", "\0"]) assert.equal(named(id).ok, true);
  for (const id of ["\ud83d", "\ude00", "a\ud800b"]) {
    const parsed = named(id);
    assert.equal(parsed.ok, false);
    assert.match(parsed.ok ? "" : parsed.failure.message, /^job_id is "a?\\ud[0-9a-f]{3}b?"; /);
  }
  const text = '{"job_id":"\\ud800","route":{"steps":["a"],"current":0},"payload":1}';
  assert.equal(parseMessage(text).ok, false);
});

test("[W1] fields that are there but empty do not hide the ones that say something", () => {
  const parsed = parseMessage({
    job_id: "",
    id: "j1",
    route: { steps: null, actors: ["a"], current: 0 },
    payload: 1,
  });
  assert.ok(parsed.ok);
  assert.equal(parsed.message.jobId, "j1");
  assert.deepEqual(parsed.message.route.steps, ["a"]);
  assert.deepEqual(toWire(parsed.message), {
    id: "j1",
    job_id: "",
    route: { actors: ["a"], current: 0, steps: null },
    payload: 1,
  });
});

test("[W1] a job that is given to a message without one is spelled as its route is", () => {
  const spelled: [JsonObject, string][] = [
    [{ steps: ["a"], current: 0 }, CANONICAL_SPELLING.id],
    [{ route: ["a"], current: 0 }, "job_id"],
    [{ actors: ["a"], current: 0 }, "id"],
  ];
  for (const [route, key] of spelled) {
    const parsed = parseMessage({ route, payload: 1 });
    assert.ok(parsed.ok);
    assert.equal(parsed.message.jobId, "");
    assert.equal(toWire({ ...parsed.message, jobId: "j1" })[key], "j1");
  }
});

test("a handler always sees an object", () => {
  fc.assert(fc.property(json, (payload) => {
    const seen = payloadForHandler(payload);
    assert.deepEqual(seen, isJsonObject(payload) ? payload : { value: payload });
  }));
});

/** JSON text that does not depend on the order of keys. */
function sorted(value: JsonObject): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      isJsonObject(inner)
        ? Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1).flatMap((
          [key, one],
        ) => [key, one])
        : inner,
  );
}
