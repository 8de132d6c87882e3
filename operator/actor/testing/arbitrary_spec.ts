import fc from "fast-check";
import { actorSpec } from "../actor_spec.ts";
import type { StructuralSchema } from "../schema/structural.ts";
import { leastSpec, setAt } from "./actor_with.ts";

/** Texts that some rule or other is about. */
const TEXTS = [
  ...["ocr", "sidecar", "amq.x", "a..b", "/tmp/a/b.sock", "/b.sock", "2048", "12", "x,y", " ocr"],
  ...["asya.delay.30s", "dead-letter-queue", "./a.ts#b", "rabbitmq", "ü".repeat(130), ""],
];

/** Values of any kind, for wherever they are wrong. */
const anything = fc.constantFrom<unknown>(null, 0, 0.5, "", "ocr", true, [], {});

/** Specs that differ from the least one in a few fields, which are right more often than not. */
export function arbitrarySpec(): fc.Arbitrary<Record<string, unknown>> {
  const changes = [...changesIn(actorSpec.schema, "")];
  return fc.array(fc.oneof(...changes), { maxLength: 4 }).map((chosen) => {
    const spec = structuredClone<Record<string, unknown>>(leastSpec);
    for (const { path, value } of chosen) setAt(spec, path, structuredClone(value));
    return spec;
  });
}

interface Change {
  readonly path: string;
  readonly value: unknown;
}

/** For each field, at any depth, a value for it. */
function* changesIn(schema: StructuralSchema, prefix: string): Generator<fc.Arbitrary<Change>> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    yield valueOf(field).map((value) => ({ path, value }));
    yield* changesIn(field, `${path}.`);
  }
}

function valueOf(schema: StructuralSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: typedValue(schema) }, { weight: 1, arbitrary: anything });
}

function typedValue(schema: StructuralSchema): fc.Arbitrary<unknown> {
  const { type, items, properties = {}, additionalProperties, required = [] } = schema;
  const { minimum = 0, maximum = 0 } = schema;
  switch (type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.constantFrom(minimum - 1, minimum, minimum + 1, 60, maximum, maximum + 1);
    case "string":
      return fc.constantFrom(...schema.enum ?? TEXTS);
    case "array":
      return fc.array(items ? valueOf(items) : anything, { maxLength: 2 });
    case "object": {
      if (additionalProperties) {
        return fc.dictionary(fc.constantFrom("net", "read", "nett"), valueOf(additionalProperties));
      }
      const fields: Record<string, fc.Arbitrary<unknown>> = {};
      for (const [name, field] of Object.entries(properties)) fields[name] = valueOf(field);
      return fc.record(fields, { requiredKeys: [...required] });
    }
  }
}
