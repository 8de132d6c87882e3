import assert from "node:assert/strict";
import type { Judge, Writer } from "../judge.ts";
import type { JsonObject, KubeObject } from "../kube_object.ts";
import { createSchemaJudge } from "../schema/create_schema_judge.ts";
import { widgetCrd } from "../schema/widget_crd.ts";
import { StatusError } from "../status_error.ts";
import { applyPatch } from "./apply_patch.ts";
import { isUnchanged } from "./is_unchanged.ts";
import { trackUpdate } from "./track_update.ts";

const NOW = "2026-01-01T00:00:00Z";
const LATER = "2026-01-01T00:01:00Z";

const number = { type: "integer" };
const item = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string" }, size: number, color: { type: "string", default: "red" } },
};

/** A kind with a field of each way to be merged. */
const judge: Judge = createSchemaJudge(
  widgetCrd({
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          max: number,
          min: number,
          kind: { type: "string", default: "Deployment" },
          nested: { type: "object", properties: { one: number, two: number } },
          labels: { type: "object", additionalProperties: { type: "string" } },
          whole: {
            type: "object",
            "x-kubernetes-map-type": "atomic",
            additionalProperties: number,
          },
          list: { type: "array", items: number },
          set: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
          items: {
            type: "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            items: item,
          },
          free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      },
      status: { type: "object", properties: { replicas: number } },
    },
  }, { subresources: { status: {} } }),
  "v1",
);

function widget(spec?: JsonObject, more: JsonObject = {}): KubeObject {
  return {
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { name: "w" },
    ...(spec && { spec }),
    ...more,
  };
}

function writer(manager: string, more: Partial<Writer> & { force?: boolean } = {}) {
  return { manager, subresource: "" as const, now: NOW, force: false, ...more };
}

function apply(
  live: KubeObject | undefined,
  manager: string,
  spec?: JsonObject,
  more: Partial<Writer> & { force?: boolean } = {},
): KubeObject {
  const merged = applyPatch(judge, live, widget(spec), writer(manager, more));
  return judge.decode(merged, "Ignore").object;
}

function update(live: KubeObject | undefined, manager: string, spec: JsonObject): KubeObject {
  const { object } = judge.decode(widget(spec), "Ignore");
  return trackUpdate(judge, live, object, writer(manager));
}

/** Who owns what: `MANAGER OPERATION` to `fieldsV1`. */
function owners(object: KubeObject): JsonObject {
  return Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [
      `${entry.manager} ${entry.operation}${entry.subresource ? `/${entry.subresource}` : ""}`,
      entry.fieldsV1,
    ]),
  );
}

function refusalOf(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof StatusError, `${error}`);
    return error;
  }
  return assert.fail("it was not refused");
}

Deno.test("[S1] who applies owns what it says, and no defaults", { permissions: "none" }, () => {
  const applied = apply(undefined, "one", { max: 3, nested: { one: 1 } });
  assert.deepEqual(applied.spec, { max: 3, nested: { one: 1 }, kind: "Deployment" });
  assert.deepEqual(owners(applied), {
    "one Apply": { "f:spec": { "f:max": {}, "f:nested": { "f:one": {} } } },
  });
});

Deno.test("[S1] each way to be merged has its own shape of ownership", {
  permissions: "none",
}, () => {
  const cases: [JsonObject, JsonObject][] = [
    [{ labels: { a: "1" } }, { "f:labels": { "f:a": {} } }],
    [{ labels: {} }, { "f:labels": {} }],
    [{ nested: {} }, { "f:nested": {} }],
    [{ whole: { a: 1 } }, { "f:whole": {} }],
    [{ list: [1, 2] }, { "f:list": {} }],
    [{ set: ["a", "b"] }, { "f:set": { 'v:"a"': {}, 'v:"b"': {} } }],
    [{ items: [{ name: "a", size: 1 }] }, {
      "f:items": { 'k:{"name":"a"}': { ".": {}, "f:name": {}, "f:size": {} } },
    }],
    [{ free: { a: { b: [1], c: 2 } } }, {
      "f:free": { "f:a": { ".": {}, "f:b": {}, "f:c": {} } },
    }],
  ];
  for (const [spec, fields] of cases) {
    const applied = apply(undefined, "one", spec);
    assert.deepEqual(owners(applied), { "one Apply": { "f:spec": fields } }, JSON.stringify(spec));
    assert.ok(isUnchanged(applied, apply(applied, "one", spec, { now: LATER })));
  }
});

Deno.test("[S1] what nobody says any more goes, and what another says stays", {
  permissions: "none",
}, () => {
  const both = apply(apply(undefined, "one", { max: 3, min: 1 }), "two", { max: 3 });
  const without = apply(both, "one", {});
  assert.deepEqual(without.spec, { max: 3, kind: "Deployment" });
  assert.deepEqual(owners(without), {
    "one Apply": { "f:spec": {} },
    "two Apply": { "f:spec": { "f:max": {} } },
  });
  const nothing = apply(without, "two");
  assert.deepEqual(owners(nothing), { "one Apply": { "f:spec": {} } });
});

Deno.test("[S1] items of lists come and go one by one, each where it stood", {
  permissions: "none",
}, () => {
  const a = { name: "a", size: 1 };
  const [b, c] = [{ name: "b" }, { name: "c" }];
  const red = (...list: JsonObject[]) => list.map((one) => ({ ...one, color: "red" }));
  const one = apply(undefined, "one", { items: [a, b] });
  const two = apply(one, "two", { items: [c, { name: "a" }] });
  assert.deepEqual((two.spec as JsonObject).items, red(c, a, b));
  const three = apply(two, "one", { items: [b] });
  assert.deepEqual((three.spec as JsonObject).items, red(c, { name: "a" }, b));
});

Deno.test("[S2] another value for somebody's field is a conflict, told field by field", {
  permissions: "none",
}, () => {
  const live = apply(undefined, "one", {
    max: 3,
    items: [{ name: "a", size: 1 }],
    whole: { a: 1 },
  });
  const one = refusalOf(() => apply(live, "two", { max: 4 }));
  assert.equal(one.message, 'Apply failed with 1 conflict: conflict with "one": .spec.max');
  assert.deepEqual(one.details, {
    causes: [{
      reason: "FieldManagerConflict",
      message: 'conflict with "one"',
      field: ".spec.max",
    }],
  });
  const edited = update(live, "edit", { max: 9, items: [{ name: "a", size: 1 }], whole: { a: 1 } });
  const many = refusalOf(() =>
    apply(edited, "two", { max: 4, whole: { b: 1 }, items: [{ name: "a", size: 2 }] })
  );
  assert.equal(
    many.message,
    "Apply failed with 3 conflicts: " +
      'conflicts with "edit" using example.io/v1:\n- .spec.max\n' +
      'conflicts with "one":\n- .spec.whole\n- .spec.items[name="a"].size',
  );
});

Deno.test("[S2] by force a field changes hands", { permissions: "none" }, () => {
  const live = apply(undefined, "one", { max: 3, min: 1 });
  const forced = apply(live, "two", { max: 4 }, { force: true });
  assert.deepEqual(forced.spec, { max: 4, min: 1, kind: "Deployment" });
  assert.deepEqual(owners(forced), {
    "one Apply": { "f:spec": { "f:min": {} } },
    "two Apply": { "f:spec": { "f:max": {} } },
  });
});

Deno.test("[S2] who writes without applying owns what changed", { permissions: "none" }, () => {
  const created = update(undefined, "curl", { max: 3 });
  assert.deepEqual(owners(created), {
    "curl Update": { "f:spec": { ".": {}, "f:kind": {}, "f:max": {} } },
  });
  const changed = update(created, "other", { max: 4, kind: "Deployment" });
  assert.deepEqual(owners(changed), {
    "curl Update": { "f:spec": { ".": {}, "f:kind": {} } },
    "other Update": { "f:spec": { "f:max": {} } },
  });
  const taken = apply(changed, "one", { max: 4 });
  const removed = apply(taken, "one", {});
  assert.deepEqual(removed.spec, { max: 4, kind: "Deployment" }, "other still owns it");
});

Deno.test("[S2] the time of a manager changes with what it owns", { permissions: "none" }, () => {
  const created = update(undefined, "curl", { max: 3, min: 1 });
  const write = (spec: JsonObject) =>
    trackUpdate(
      judge,
      created,
      judge.decode(widget(spec), "Ignore").object,
      writer("curl", { now: LATER }),
    ).metadata.managedFields?.map(({ time }) => time);
  assert.deepEqual(write({ max: 4, min: 1 }), [LATER]);
  assert.deepEqual(write({ max: 3 }), [NOW], "what goes is nobody's");
});

Deno.test("[S2] one empty entry gives up all ownership", { permissions: "none" }, () => {
  const live = apply(undefined, "one", { max: 3 });
  const given = { ...live, metadata: { ...live.metadata, managedFields: [{}] } };
  assert.deepEqual(owners(trackUpdate(judge, live, given, writer("curl"))), {});
  const silent = { ...live, metadata: { name: "w" } };
  assert.deepEqual(owners(trackUpdate(judge, live, silent, writer("curl"))), owners(live));
});

Deno.test("[S2] by the path of the status only the status is owned, apart from the rest", {
  permissions: "none",
}, () => {
  const live = apply(undefined, "one", { max: 3 });
  const body = widget({ max: 9 }, { status: { replicas: 2 } });
  const said = applyPatch(judge, live, body, writer("one", { subresource: "status" }));
  assert.deepEqual(owners(said), {
    "one Apply": { "f:spec": { "f:max": {} } },
    "one Apply/status": { "f:status": { "f:replicas": {} } },
  });
  const kept = judge.prepare(said, live, "status");
  assert.deepEqual([kept.spec, kept.status], [live.spec, { replicas: 2 }]);
  const main = judge.prepare(
    applyPatch(judge, kept, body, writer("two", { force: true })),
    kept,
    "",
  );
  assert.deepEqual(main.status, { replicas: 2 });
  assert.deepEqual(owners(main)["two Apply"], { "f:spec": { "f:max": {} } });
});

Deno.test("[S3] what makes no sense is refused, in the server's words", {
  permissions: "none",
}, () => {
  const what = "failed to create typed patch object (/w; example.io/v1, Kind=Widget): ";
  const cases: [JsonObject, string][] = [
    [{ bogus: 1 }, ".spec.bogus: field not declared in schema"],
    [
      { items: [{ name: "a" }, { name: "a" }] },
      '.spec.items: duplicate entries for key [name="a"]',
    ],
    [{ set: ["a", "a"] }, '.spec.set: duplicate entries for key [="a"]'],
    [
      { items: [{ size: 1 }] },
      '.spec.items: element 0: associative list with keys has an element that omits key field "name" ' +
      "(and doesn't have default value)",
    ],
    [
      { labels: { a: 30 } },
      ".spec.labels.a: expected string, got &value.valueUnstructured{Value:30}",
    ],
  ];
  for (const [spec, why] of cases) {
    const { code, message } = refusalOf(() => apply(undefined, "one", spec));
    assert.deepEqual([code, message], [500, what + why]);
  }
});
