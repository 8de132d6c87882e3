import assert from "node:assert/strict";
import { kindOf } from "./kinds.ts";
import { parseLiveObject } from "./parse_live_object.ts";

const permissions = "none";

const metadata = { name: "ocr", namespace: "docs", uid: "u1", resourceVersion: "7" };

Deno.test({
  name: "of an object nothing is kept but what decides",
  permissions,
  fn: () => {
    const { annotations, ownerUid, isGoing, ...rest } = parseLiveObject(
      kindOf({ apiVersion: "apps/v1", kind: "Deployment" }),
      {
        metadata: {
          ...metadata,
          generation: 2,
          annotations: { "asya.io/fixed": "a.b", "somebody.io/notes": "x".repeat(250_000), odd: 1 },
          ownerReferences: [{ uid: "u2" }, { uid: "u3", controller: true }],
          managedFields: [{}],
        },
        spec: { replicas: 3, template: {} },
        status: { replicas: 2 },
      },
    );
    assert.deepEqual(annotations, { "asya.io/fixed": "a.b" });
    assert.deepEqual([ownerUid, isGoing], ["u3", false]);
    assert.deepEqual(rest, {
      ...{ ...metadata, apiVersion: "apps/v1", kind: "Deployment", generation: 2, labels: {} },
      ...{ replicas: 3, status: { replicas: 2 } },
    });
  },
});

Deno.test({
  name: "[O3] what is in a ConfigMap is kept as a hash, where it came",
  permissions,
  fn: () => {
    const kind = kindOf({ apiVersion: "v1", kind: "ConfigMap" });
    const read = (more: object) => parseLiveObject(kind, { metadata, ...more }).content;
    assert.equal(read({ kind: "PartialObjectMetadata" }), undefined);
    const whole = read({ kind: "ConfigMap", data: { "main.js": "run();" }, immutable: true });
    assert.match(whole ?? "", /^[0-9a-f]{16}$/);
    assert.notEqual(read({ kind: "ConfigMap", data: { "main.js": "run();" } }), whole);
  },
});
