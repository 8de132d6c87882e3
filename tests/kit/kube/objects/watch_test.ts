import assert from "node:assert/strict";
import { startKube } from "../../kube.ts";
import { inTime } from "../../poll.ts";
import type { WatchEvent } from "../client/kube_answer.ts";
import type { KubeObject } from "../kube_object.ts";
import { newThing, thingCrd, thingsIn } from "../thing_crd.ts";

/** What was told, as `TYPE name`. */
function describe({ type, object }: WatchEvent): string {
  return `${type} ${object.metadata.name ?? ""}`.trim();
}

/** The next events of a watch. */
async function take(
  watch: AsyncGenerator<WatchEvent, void>,
  count: number,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  while (events.length < count) {
    const { value, done } = await inTime(`event ${events.length + 1}`, watch.next());
    if (done) throw new Error(`the watch ended after ${events.map(describe)}`);
    events.push(value);
  }
  return events;
}

Deno.test("[Q1] watches of the API server for tests", async (t) => {
  await using kube = await startKube({ crds: [thingCrd] });
  const { client, control } = kube;
  const versionOf = (object: KubeObject | undefined) => object?.metadata.resourceVersion ?? "";
  const ended = new AbortController();
  let count = 0;
  const makeNamespace = async () => {
    const name = `watched-${count++}`;
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    return name;
  };

  await t.step("go on after the version of a list, without a gap", async () => {
    const home = await makeNamespace();
    const first = await client.create(newThing(home, "first"));
    await client.create(newThing(home, "second"));
    await client.remove({ ...thingsIn(home), name: "first" });
    const watch = client.watch(thingsIn(home), { resourceVersion: versionOf(first) }, ended.signal);
    assert.deepEqual((await take(watch, 2)).map(describe), ["ADDED second", "DELETED first"]);
  });

  await t.step("begin with what is there, and say when that is over", async () => {
    const home = await makeNamespace();
    await client.create(newThing(home, "old"));
    const watch = client.watch(thingsIn(home), {
      sendInitialEvents: "true",
      allowWatchBookmarks: "true",
      resourceVersionMatch: "NotOlderThan",
    }, ended.signal);
    const [old, bookmark] = await take(watch, 2);
    assert.equal(old && describe(old), "ADDED old");
    assert.equal(bookmark?.type, "BOOKMARK");
    const { annotations } = bookmark.object.metadata;
    assert.deepEqual(annotations, { "k8s.io/initial-events-end": "true" });
  });

  await t.step("by a label tell of what comes under it and leaves it", async () => {
    const home = await makeNamespace();
    const thing = await client.create(newThing(home, "thing"));
    const watch = client.watch(thingsIn(home), {
      labelSelector: "color in (red, blue),!hidden",
      resourceVersion: versionOf(thing),
    }, ended.signal);
    const ref = { ...thingsIn(home), name: "thing" };
    for (const color of ["red", "blue", "green", "red"]) {
      await client.mergePatch(ref, { metadata: { labels: { color } } });
    }
    await client.mergePatch(ref, { metadata: { labels: { hidden: "yes" } } });
    const events = await take(watch, 5);
    assert.deepEqual(
      events.map(({ type, object }) => [type, object.metadata.labels?.color]),
      [
        ["ADDED", "red"],
        ["MODIFIED", "blue"],
        // Who leaves is shown as it was last.
        ["DELETED", "blue"],
        ["ADDED", "red"],
        ["DELETED", "red"],
      ],
    );
  });

  await t.step("of a forgotten version are told to list again", async () => {
    const home = await makeNamespace();
    const thing = await client.create(newThing(home, "thing"));
    await client.mergePatch({ ...thingsIn(home), name: "thing" }, { spec: { size: 2 } });
    control.compact();
    const query = { resourceVersion: versionOf(thing) };
    const [error] = await take(client.watch(thingsIn(home), query, ended.signal), 1);
    assert.equal(error?.type, "ERROR");
    assert.equal((error.object as unknown as { code: number }).code, 410);
  });

  await t.step("break when they are cut, and end when they are ended", async () => {
    const home = await makeNamespace();
    const watch = () => client.watch(thingsIn(home), {}, ended.signal);
    const [cut, over] = [watch(), watch()];
    await client.create(newThing(home, "thing"));
    await Promise.all([take(cut, 1), take(over, 1)]);
    assert.ok(control.endWatches() >= 2);
    assert.deepEqual(await over.next(), { value: undefined, done: true });
    assert.deepEqual(await cut.next(), { value: undefined, done: true });
    const again = watch();
    await take(again, 1);
    assert.ok(control.cutWatches() >= 1);
    await assert.rejects(again.next());
  });

  await t.step("are told of versions that passed", async () => {
    const home = await makeNamespace();
    const query = { allowWatchBookmarks: "true" };
    const watch = client.watch(thingsIn(home), query, ended.signal);
    await client.create(newThing(home, "thing"));
    await take(watch, 1);
    const other = await client.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "other", namespace: home },
    });
    control.sendBookmarks();
    const [bookmark] = await take(watch, 1);
    assert.equal(bookmark?.type, "BOOKMARK");
    // Controllers may have written too.
    assert.ok(Number(versionOf(bookmark.object)) >= Number(versionOf(other)));
  });

  await t.step("lists that come in parts show one moment", async () => {
    const home = await makeNamespace();
    for (const name of ["a", "b", "c"]) await client.create(newThing(home, name));
    const path = await client.pathOf(thingsIn(home));
    const read = async (query: string) => {
      const { status, body } = await client.send("GET", `${path}?${query}`);
      assert.equal(status, 200);
      return body as { items: KubeObject[]; metadata: { continue: string } };
    };
    const first = await read("limit=1");
    await client.remove({ ...thingsIn(home), name: "b" });
    await client.create(newThing(home, "d"));
    const rest = await read(`limit=5&continue=${first.metadata.continue}`);
    assert.deepEqual(rest.items.map(({ metadata }) => metadata.name), ["b", "c"]);
    control.compact();
    const late = await client.send("GET", `${path}?limit=5&continue=${first.metadata.continue}`);
    assert.equal(late.status, 410);
  });

  ended.abort();
});
