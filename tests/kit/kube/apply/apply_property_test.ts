import fc from "fast-check";
import assert from "node:assert/strict";
import type { Judge } from "../judge.ts";
import { isJsonObject, isSame, type JsonObject, type KubeObject } from "../kube_object.ts";
import { applyPatch } from "./apply_patch.ts";
import { decodeFields, encodeFields, intersect, pathsOf, subtract, unite } from "./field_set.ts";
import { fieldsOf } from "./fields_of.ts";
import { isUnchanged } from "./is_unchanged.ts";
import { decodeManagers, UNOWNED } from "./managers.ts";
import type { MergeType } from "./merge_type.ts";
import { trackUpdate } from "./track_update.ts";

const NOW = "2026-01-01T00:00:00Z";
const scalar: MergeType = { merges: "scalar" };
const metadata: MergeType = { merges: "struct", fields: { name: scalar } };
const spec: MergeType = {
  merges: "struct",
  fields: {
    one: scalar,
    two: scalar,
    inner: { merges: "struct", fields: { a: scalar, b: scalar } },
    map: { merges: "map", of: scalar },
    whole: { merges: "atomic" },
    set: { merges: "set" },
    items: {
      merges: "keyed",
      keys: ["name"],
      of: { merges: "struct", fields: { name: scalar, size: scalar } },
    },
    free: { merges: "deduced" },
  },
};

/** A kind with nothing but a type: nothing is filled in, and nothing refused. */
const judge: Judge = {
  group: "example.io",
  version: "v1",
  kind: "Widget",
  type: { merges: "struct", fields: { apiVersion: scalar, kind: scalar, metadata, spec } },
  blank: {},
  hasStatus: false,
  decode: (object) => ({ object, warnings: [] }),
  prepare: (object) => object,
  validate: () => [],
};

const number = fc.integer({ min: 0, max: 3 });
const name = fc.constantFrom("a", "b", "c");
const some = <Type>(values: fc.Arbitrary<Type>) => fc.option(values, { nil: undefined });

const entries = <Type>(values: fc.Arbitrary<Type>) => fc.dictionary(name, values, { minKeys: 1 });

/**
 * What somebody could want: always of the type, never twice the same item, and nothing empty, since
 * what was emptied is null for a while, as in the real server.
 */
const wish: fc.Arbitrary<JsonObject> = fc.record({
  one: some(number),
  two: some(number),
  inner: some(fc.oneof(fc.record({ a: number }), fc.record({ a: number, b: number }))),
  map: some(entries(number)),
  whole: some(entries(number)),
  set: some(fc.uniqueArray(name, { minLength: 1 })),
  items: some(
    fc.uniqueArray(fc.record({ name, size: some(number) }), {
      minLength: 1,
      selector: (item) => item.name,
    }),
  ),
  free: some(entries(fc.oneof(number, entries(number)))),
}).map((value) => JSON.parse(JSON.stringify(value)));

function widget(wanted: JsonObject): KubeObject {
  const isSaid = Object.keys(wanted).length > 0;
  return {
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { name: "w" },
    ...(isSaid && { spec: wanted }),
  };
}

function apply(live: KubeObject | undefined, manager: string, wanted: JsonObject): KubeObject {
  const writer = { manager, subresource: "" as const, now: NOW, force: true };
  return applyPatch(judge, live, widget(wanted), writer);
}

function update(live: KubeObject, manager: string, wanted: JsonObject): KubeObject {
  return trackUpdate(judge, live, widget(wanted), { manager, subresource: "", now: NOW });
}

type Step = { readonly by: string; readonly how: "apply" | "update"; readonly wanted: JsonObject };

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom("one", "two", "three"),
  how: fc.constantFrom("apply" as const, "apply" as const, "update" as const),
  wanted: wish,
});

/** An object that several had their hands on. */
const history = fc.array(step, { maxLength: 6 }).map((steps) =>
  steps.reduce<KubeObject | undefined>(
    (live, { by, how, wanted }) =>
      how === "update" && live ? update(live, by, wanted) : apply(live, by, wanted),
    undefined,
  )
);

/** What of an object can be owned: what the server itself writes cannot. */
function ownable(object: KubeObject) {
  const { managedFields: _, ...rest } = object.metadata;
  return subtract(fieldsOf(judge.type, { ...object, metadata: rest }), UNOWNED);
}

function ownedBy(object: KubeObject, manager: string) {
  const managers = [...decodeManagers(object.metadata.managedFields).values()];
  return managers.find((one) => one.manager === manager && one.operation === "Apply")?.fields ??
    decodeFields({});
}

/** Whether everything that one value says is in another. */
function says(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((one) => value.some((other) => says(other, one)));
  }
  if (!isJsonObject(wanted)) return isSame(value, wanted);
  return isJsonObject(value) &&
    Object.entries(wanted).every(([field, part]) => says(value[field], part));
}

const options = { numRuns: 100 };

Deno.test("[S1] what is applied by force is there, and is owned", { permissions: "none" }, () => {
  fc.assert(
    fc.property(history, wish, (live, wanted) => {
      const applied = apply(live, "one", wanted);
      assert.ok(says(applied.spec ?? {}, wanted), JSON.stringify([applied, wanted]));
      const owned = ownedBy(applied, "one");
      assert.ok(isSame(pathsOf(owned), pathsOf(ownable(widget(wanted)))));
    }),
    options,
  );
});

Deno.test("[S1] to apply the same again changes nothing", { permissions: "none" }, () => {
  fc.assert(
    fc.property(history, wish, (live, wanted) => {
      const once = apply(live, "one", wanted);
      assert.ok(isUnchanged(once, apply(once, "one", wanted)));
    }),
    options,
  );
});

Deno.test("[S1] what only one manager owned goes when it says nothing", {
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(wish, (wanted) => {
      const nothing = apply(apply(undefined, "one", wanted), "one", {});
      assert.deepEqual(nothing.spec ?? {}, {});
    }),
    options,
  );
});

Deno.test("[S1] what others own stays when one says nothing any more", {
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(history, wish, wish, (live, first, second) => {
      const both = apply(apply(live, "four", first), "five", second);
      const one = apply(both, "four", {});
      assert.ok(says(one.spec ?? {}, second), JSON.stringify([both, one]));
      assert.ok(isSame(pathsOf(ownedBy(one, "five")), pathsOf(ownedBy(both, "five"))));
    }),
    options,
  );
});

Deno.test("[S2] two own the same field only while they say the same of it", {
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(wish, wish, (first, second) => {
      const both = apply(apply(undefined, "one", first), "two", second);
      const shared = pathsOf(intersect(ownedBy(both, "one"), ownedBy(both, "two")));
      const agreed = pathsOf(intersect(ownable(widget(first)), ownable(widget(second))));
      for (const path of shared) assert.ok(agreed.includes(path), path);
      const lost = subtract(ownable(widget(first)), ownedBy(both, "one"));
      const nobodys = intersect(subtract(lost, ownedBy(both, "two")), ownable(both));
      assert.deepEqual(pathsOf(nobodys), [], "what one lost and is still there, two has");
    }),
    options,
  );
});

Deno.test("[S2] nobody owns what is not there", { permissions: "none" }, () => {
  fc.assert(
    fc.property(history, (live) => {
      if (!live) return;
      const managers = [...decodeManagers(live.metadata.managedFields).values()];
      const owned = managers.map(({ fields }) => fields).reduce(unite, decodeFields({}));
      const { managedFields: _, ...rest } = live.metadata;
      const there = pathsOf(fieldsOf(judge.type, { ...live, metadata: rest }));
      for (const path of pathsOf(owned)) {
        const isThere = there.some((one) => one === path || one.startsWith(path));
        assert.ok(isThere, `${path} of ${JSON.stringify(live)}`);
      }
    }),
    options,
  );
});

Deno.test("[S1] sets of fields survive being written", { permissions: "none" }, () => {
  fc.assert(
    fc.property(wish, (wanted) => {
      const fields = ownable(widget(wanted));
      assert.deepEqual(pathsOf(decodeFields(encodeFields(fields))), pathsOf(fields));
    }),
    options,
  );
});
