import { isJsonObject, type Json, type JsonObject, readWith } from "@asya/protocol";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import assert from "node:assert/strict";
import fc from "fast-check";
import { lineageSample } from "../../testing/json_samples.ts";
import { createDocument, operations, renderDocument } from "./document.ts";

const document = createDocument({ version: "1.2.3", knowsCallers: true, knowsActors: true });
const { schemas } = document.components as { schemas: JsonObject };

Deno.test({
  name: "[G13] description: OpenAPI's own schema has nothing to say against it",
  permissions: { read: true }, // the schema is a file of the validator's
  async fn() {
    for (const known of [true, false]) {
      const options = { version: "1", knowsCallers: known, knowsActors: known };
      const described = createDocument({ ...options, publicUrl: "https://asya.example/x" });
      const { valid, errors } = await new Validator().validate(structuredClone(described));
      assert.equal(valid, true, JSON.stringify(errors, null, 2));
    }
    const broken = { ...document, paths: { "/x": { get: { responses: 1 } } } };
    assert.equal((await new Validator().validate(broken)).valid, false);
  },
});

Deno.test({
  name: "[G13] description: every reference has its schema, every schema a reader",
  permissions: "none",
  fn() {
    const text = JSON.stringify(document);
    const used = new Set(
      Array.from(text.matchAll(/"#\/components\/schemas\/(\w+)"/g), ([, n]) => n),
    );
    assert.deepEqual([...used].sort(), Object.keys(schemas).sort());
    const ids = operations.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  },
});

Deno.test({
  name: "[G13] description: every example is what its schema takes",
  permissions: "none",
  fn() {
    let count = 0;
    for (const operation of operations) {
      for (const [name, example] of Object.entries(operation.body?.examples ?? {})) {
        assert.deepEqual(readWith(operation.body!.schema, example, name).ok, true, name);
        count++;
      }
      for (const { json, example } of Object.values(operation.answers)) {
        if (example === undefined) continue;
        const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(json);
        assert(validate(example), `${operation.id}: ${JSON.stringify(validate.errors)}`);
        count++;
      }
    }
    assert(count > 15);
  },
});

/** Names and values that mean something in some body. */
const fieldNames = Object.values(schemas).flatMap((schema) =>
  isJsonObject(schema) && isJsonObject(schema.properties) ? Object.keys(schema.properties) : []
);
const plainValue = fc.oneof(
  fc.constantFrom<Json>(null, "", "a", 0, 1, -1, 0.5, 1e300, 2 ** 53, true, [], {}, ["a"], ["", 1]),
  fc.constantFrom<Json>("received", "processing", "succeeded", "error", "picked_up", { s3_uri: 5 }),
  lineageSample,
  fc.jsonValue().map((value) => value as Json),
);

for (const { id, body } of operations) {
  if (body === undefined) continue;
  Deno.test({
    name: `[G13] description: ${id} takes exactly the bodies that its schema describes`,
    permissions: "none",
    fn() {
      const validate = new Ajv2020({ strict: false }).compile(body.schema.json);
      const [example] = Object.values(body.examples);
      let taken = 0;
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom(...fieldNames), plainValue, { maxKeys: 4 }),
          fc.boolean(),
          (changes, isWhole) => {
            const value = isWhole ? { ...example as JsonObject, ...changes } : changes;
            const isTaken = readWith(body.schema, value, "the body").ok;
            assert.equal(isTaken, validate(value), JSON.stringify(value));
            taken += Number(isTaken);
          },
        ),
        { numRuns: 800, seed: 7 },
      );
      assert(taken > 20, `${taken} bodies were taken`);
    },
  });
}

Deno.test({
  name: "[G13] description: it says who must show a token, and where the gateway is",
  permissions: "none",
  fn() {
    const securityOf = (described: JsonObject) =>
      JSON.stringify(described.paths).match(
        /"security":\[[^\]]*\]/g,
      ) ?? [];
    assert(securityOf(document).some((text) => text.includes("caller")));
    const open = createDocument({ version: "1", knowsCallers: false, knowsActors: false });
    assert.deepEqual([...new Set(securityOf(open))], ['"security":[]']);
    assert.equal(open.servers, undefined);
    const known = createDocument({
      ...{ version: "1", knowsCallers: false, knowsActors: false },
      publicUrl: "https://asya.example",
    });
    assert.deepEqual(known.servers, [{ url: "https://asya.example" }]);
    assert.notEqual(renderDocument(open).etag, renderDocument(known).etag);
    assert.equal(renderDocument(open).etag, renderDocument(structuredClone(open)).etag);
  },
});
