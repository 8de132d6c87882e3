import assert from "node:assert/strict";
import { startKube } from "../../kube.ts";
import { KubeRefusal } from "../client/kube_answer.ts";
import type { KubeObject } from "../kube_object.ts";
import { newThing, thingCrd, thingsIn } from "../thing_crd.ts";

/** How something names its owner. */
function ownedBy(owner: KubeObject, more: Readonly<Record<string, unknown>> = {}) {
  const { apiVersion, kind, metadata: { name, uid } } = owner;
  return { ownerReferences: [{ apiVersion, kind, name, uid, ...more }] };
}

const isGone = (object: KubeObject | undefined) => object === undefined;

Deno.test("[Q2] what controllers do around the API server for tests", async (t) => {
  await using kube = await startKube({ crds: [thingCrd] });
  const { client } = kube;
  const home = "default";
  const at = (name: string) => ({ ...thingsIn(home), name });

  await t.step("what lost its only owner goes, what has another stays", async () => {
    const [one, two] = [
      await client.create(newThing(home, "one")),
      await client.create(newThing(home, "two")),
    ];
    await client.create(newThing(home, "of-one", ownedBy(one)));
    const both = [...ownedBy(one).ownerReferences, ...ownedBy(two).ownerReferences];
    await client.create(newThing(home, "of-both", { ownerReferences: both }));
    await client.remove(at("one"), { propagationPolicy: "Background" });
    await client.until(at("of-one"), isGone, "to go with its owner");
    const left = await client.until(
      at("of-both"),
      (object) => object?.metadata.ownerReferences?.length === 1,
      "to forget the owner that is gone",
    );
    assert.equal(left?.metadata.ownerReferences?.[0]?.name, "two");
  });

  await t.step("an owner with the same name and another uid is none", async () => {
    const owner = await client.create(newThing(home, "reborn"));
    const stranger = { ...owner, metadata: { ...owner.metadata, uid: crypto.randomUUID() } };
    await client.create(newThing(home, "of-stranger", ownedBy(stranger)));
    await client.until(at("of-stranger"), isGone, "to go, since its owner never was");
  });

  await t.step("an owner that goes in the foreground waits for what blocks it", async () => {
    const owner = await client.create(newThing(home, "patient"));
    const blocking = { blockOwnerDeletion: true };
    await client.create(
      newThing(home, "held", { ...ownedBy(owner, blocking), finalizers: ["example.io/hold"] }),
    );
    await client.create(newThing(home, "free", ownedBy(owner, blocking)));
    await client.remove(at("patient"), { propagationPolicy: "Foreground" });
    await client.until(at("free"), isGone, "to go before its owner");
    const held = (object: KubeObject | undefined) =>
      object?.metadata.deletionTimestamp !== undefined;
    await client.until(at("held"), held, "to be asked to go");
    const waiting = await client.get(at("patient"));
    assert.deepEqual(waiting?.metadata.finalizers, ["foregroundDeletion"]);
    await client.mergePatch(at("held"), { metadata: { finalizers: null } });
    await client.until(at("patient"), isGone, "to follow the last that blocked it");
  });

  await t.step("orphans are let go", async () => {
    const owner = await client.create(newThing(home, "parent"));
    await client.create(newThing(home, "orphan", ownedBy(owner)));
    await client.remove(at("parent"), { propagationPolicy: "Orphan" });
    await client.until(at("parent"), isGone, "to go");
    const orphan = await client.get(at("orphan"));
    assert.equal(orphan?.metadata.ownerReferences, undefined);
  });

  await t.step("a namespace takes its contents along, and waits for finalizers", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", name: "leaving" };
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "leaving" } });
    await client.create(newThing("leaving", "plain"));
    await client.create(newThing("leaving", "held", { finalizers: ["example.io/hold"] }));
    await client.remove(namespace);
    await client.until({ ...thingsIn("leaving"), name: "plain" }, isGone, "to go with it");
    await client.mergePatch(namespace, { metadata: { labels: { still: "here" } } });
    assert.ok(await client.get(namespace));
    await assert.rejects(client.create(newThing("leaving", "late")), (error) => {
      assert.ok(error instanceof KubeRefusal);
      assert.deepEqual([error.status, error.details.causes?.[0]?.reason], [
        403,
        "NamespaceTerminating",
      ]);
      return true;
    });
    const held = { ...thingsIn("leaving"), name: "held" };
    await client.mergePatch(held, { metadata: { finalizers: null } });
    await client.until(namespace, isGone, "to go when nothing is in it");
  });

  await t.step("a definition takes its objects along, and can come again", async () => {
    const { control } = kube;
    control.uninstall("things.example.io");
    const path = "/apis/example.io/v1/things";
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      name: "things.example.io",
    };
    await client.until(crd, isGone, "to go with all its objects");
    assert.equal((await client.send("GET", path)).status, 404);
    await client.create(thingCrd);
    await client.until(crd, (object) => JSON.stringify(object).includes("Established"), "to serve");
    assert.deepEqual(await client.list({ apiVersion: "example.io/v1", kind: "Thing" }), []);
  });
});
