import assert from "node:assert/strict";
import { recordOf } from "../actor/schema/record_of.ts";
import { FakeClock } from "../controller/testing/fake_clock.ts";
import type { SeenActor } from "../reconcile/cluster.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Call } from "./api.ts";
import { EventRecorder, type RecorderEvent } from "./event_recorder.ts";
import { ScriptedApi } from "./testing/scripted_api.ts";

const permissions = "none";

const actor: SeenActor = {
  metadata: { name: "ocr", namespace: "docs", uid: "u1", resourceVersion: "3", generation: 1 },
  problems: [],
};

const told = (note: string) => ({ type: "Warning", reason: "BrokerAway", note }) as const;

function createScene(answer?: (call: Call) => unknown) {
  const clock = new FakeClock(Date.parse("2026-01-01T00:00:00Z"));
  const api = new ScriptedApi(answer ?? (() => ({ metadata: { name: "ocr-x7" } })));
  const events: RecorderEvent[] = [];
  const tell = (event: RecorderEvent) => events.push(event);
  return { clock, api, events, recorder: new EventRecorder({ api, clock, instance: "pod", tell }) };
}

Deno.test({
  name: "[F8] an Event has everything that the API server asks of one",
  permissions,
  fn: async () => {
    const { api, recorder } = createScene();
    recorder.record(actor, told("x".repeat(3_000)));
    await recorder.drain();
    const [{ verb, path, body } = { verb: "", path: "" }] = api.calls;
    assert.equal(verb, "create");
    assert.equal(path, "/apis/events.k8s.io/v1/namespaces/docs/events");
    const { note, ...rest } = recordOf(body);
    assert(typeof note === "string" && new TextEncoder().encode(note).length <= 1_024);
    assert.deepEqual(rest, {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { generateName: "ocr-", namespace: "docs" },
      eventTime: "2026-01-01T00:00:00.000000Z",
      reportingController: "asya.io/operator",
      reportingInstance: "pod",
      action: "Reconcile",
      type: "Warning",
      reason: "BrokerAway",
      regarding: {
        apiVersion: "asya.io/v1alpha1",
        kind: "AsyncActor",
        namespace: "docs",
        name: "ocr",
        uid: "u1",
        resourceVersion: "3",
      },
    });
  },
});

Deno.test({
  name: "[F8] what repeats is counted on the Event that is there, now and then",
  permissions,
  fn: async () => {
    const { clock, api, recorder } = createScene();
    for (let times = 0; times < 50; times++) {
      recorder.record(actor, told("away"));
      await recorder.drain();
      clock.pass(5_000);
    }
    assert.deepEqual(api.calls.map(({ verb }) => verb), [
      "create",
      "patch",
      "patch",
      "patch",
      "patch",
    ]);
    const { path, body } = api.calls[1] ?? {};
    assert.equal(path, "/apis/events.k8s.io/v1/namespaces/docs/events/ocr-x7");
    assert.deepEqual(body, {
      series: { count: 13, lastObservedTime: "2026-01-01T00:01:00.000000Z" },
    });
  },
});

Deno.test({
  name: "[F8] an Event that the API server has forgotten is made again",
  permissions,
  fn: async () => {
    const { clock, api, recorder } = createScene(({ verb }) => {
      if (verb === "patch") throw new KubeError("not_found", "it is not there");
      return { metadata: { name: "ocr-x7" } };
    });
    recorder.record(actor, told("away"));
    await recorder.drain();
    clock.pass(60_000);
    recorder.record(actor, told("away"));
    await recorder.drain();
    assert.deepEqual(api.calls.map(({ verb }) => verb), ["create", "patch", "create"]);
  },
});

Deno.test({
  name: "[F8] of so many actors that come and go, the oldest is forgotten",
  permissions,
  fn: async () => {
    const { clock, api, recorder } = createScene();
    const tell = async (uid: string) => {
      recorder.record({ ...actor, metadata: { ...actor.metadata, uid } }, told("away"));
      await recorder.drain();
      return api.calls.length;
    };
    for (let at = 0; at < 10_000; at++) await tell(`u${at}`);
    clock.pass(60_000);
    assert.equal(await tell("u1"), 10_001);
    assert.equal(api.calls.at(-1)?.verb, "patch", "it is remembered");
    await tell("other");
    await tell("u2");
    assert.equal(api.calls.at(-1)?.verb, "create", "it is not");
  },
});

Deno.test({
  name: "[F8] Events that cannot be written are told, and nothing is thrown",
  permissions,
  fn: async () => {
    const { events, recorder } = createScene(() => {
      throw new KubeError("forbidden", "no right");
    });
    for (let times = 0; times < 600; times++) recorder.record(actor, told("away"));
    await recorder.drain();
    const kinds = new Set(events.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ["event_dropped", "event_failed"]);
    assert.equal(events.length, 600);
  },
});
