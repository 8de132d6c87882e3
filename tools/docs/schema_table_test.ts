import assert from "node:assert/strict";
import type { StructuralSchema } from "../../operator/actor/schema/structural.ts";
import { schemaTable } from "./schema_table.ts";

const schema: StructuralSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: {
      type: "string",
      description: "Its name.",
      "x-kubernetes-validations": [{ rule: "self != ''", message: "a name is not empty" }],
    },
    kind: { type: "string", description: "Its kind.", enum: ["a", "b"], default: "a" },
    size: {
      type: "object",
      description: "Its size.",
      default: {},
      properties: {
        least: { type: "integer", description: "In metres.", minimum: 0, maximum: 2_147_483_647 },
        most: { type: "integer", description: "In metres.", minimum: 1, maximum: 9, default: 5 },
      },
    },
    marks: {
      type: "object",
      description: "By kind.",
      additionalProperties: { type: "array", items: { type: "string" } },
    },
    pods: {
      type: "array",
      description: "Of Kubernetes.",
      items: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { image: { type: "string" } },
      },
    },
  },
};

Deno.test("a schema is told field by field, as deep as it is ours", { permissions: "none" }, () => {
  const rows = schemaTable(schema).trimEnd().split("\n").slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assert.deepEqual(rows, [
    ["`name`", "string", "_required_", "a name is not empty", "Its name."],
    ["`kind`", "string", "`a`", "`a`, `b`", "Its kind."],
    ["`size`", "object", "", "", "Its size."],
    ["`size.least`", "integer", "", "0 or more", "In metres."],
    ["`size.most`", "integer", "`5`", "1 to 9", "In metres."],
    ["`marks`", "map of list of string", "", "", "By kind."],
    ["`pods`", "list of object", "", "", "Of Kubernetes."],
  ]);
});
