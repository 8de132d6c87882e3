import assert from "node:assert/strict";
import { parse } from "yaml";
import { checkCrd } from "../../tests/kit/kube/schema/check_crd.ts";
import { actorCrd } from "./actor_crd.ts";
import { actorSpec } from "./actor_spec.ts";
import type { StructuralSchema } from "./schema/structural.ts";

const FILE = new URL("../config/crd/asya.io_asyncactors.yaml", import.meta.url);

/** A schema and all that are in it, each by its path. */
function* schemasIn(schema: StructuralSchema, path: string): Generator<[string, StructuralSchema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield* schemasIn(field, `${path}.${name}`);
  }
  if (schema.items) yield* schemasIn(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* schemasIn(schema.additionalProperties, `${path}.*`);
}

Deno.test("[V1] the file that clusters are given is what the schema in code says", () => {
  assert.deepEqual(parse(Deno.readTextFileSync(FILE)), actorCrd);
});

Deno.test("[V1] every field says what it is for", { permissions: "none" }, () => {
  for (const [path, { description }] of schemasIn(actorSpec.schema, "spec")) {
    assert.match(description ?? "", /^.*[.]$/, path);
  }
});

Deno.test("[V4] an API server takes the definition", { permissions: "none" }, () => {
  assert.deepEqual(checkCrd(actorCrd), []);
});

Deno.test("[V4] what rules look at has a limit, which their cost is reckoned by", {
  permissions: "none",
}, () => {
  for (const [path, schema] of schemasIn(actorSpec.schema, "spec")) {
    if (schema.type === "array") assert(schema.maxItems !== undefined, path);
    for (const { rule } of schema["x-kubernetes-validations"] ?? []) {
      if (schema.type === "string") assert(schema.maxLength !== undefined, `${path}: ${rule}`);
      if (schema.additionalProperties) assert(schema.maxProperties !== undefined, path);
    }
  }
});

Deno.test("[V4] a default stands by itself, before the defaults within it are there", {
  permissions: "none",
}, () => {
  for (const [path, schema] of schemasIn(actorSpec.schema, "spec")) {
    if (schema.type !== "object" || schema.default === undefined) continue;
    assert.deepEqual(schema.default, {}, path);
    assert.equal(schema.required, undefined, path);
    for (const { rule } of schema["x-kubernetes-validations"] ?? []) {
      for (const [, field] of rule.matchAll(/self[.](\w+) /g)) {
        assert(rule.includes(`!has(self.${field}) ||`), `${path}: ${rule}`);
      }
    }
  }
});
