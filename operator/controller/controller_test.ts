import assert from "node:assert/strict";
import { settle } from "../cluster/testing/scripted_api.ts";
import { KubeError } from "../reconcile/kube_error.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import { Controller, type ControllerEvent } from "./controller.ts";
import { type Key, keyText } from "./key.ts";
import { FakeClock } from "./testing/fake_clock.ts";

const permissions = "none";

const key = (name: string): Key => ({ kind: "actor", namespace: "docs", name });

class Scene {
  readonly clock = new FakeClock(0);
  readonly events: ControllerEvent[] = [];
  readonly looks: string[] = [];
  all: Key[] = [];
  answer: (name: string) => Outcome | Promise<Outcome> = () => ({});
  readonly controller = new Controller({
    ...{ concurrency: 2, resyncMs: 600_000, clock: this.clock, random: () => 1 },
    allKeys: () => this.all,
    tell: (event) => this.events.push(event),
    reconcile: async (key) => {
      this.looks.push(keyText(key));
      return await this.answer(key.kind === "actor" ? key.name : "");
    },
  });

  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await settle();
  }
}

Deno.test({
  name: "[F1] everything is looked at at the start, then what changes, then everything again",
  permissions,
  fn: async () => {
    const scene = new Scene();
    scene.all = [key("a"), key("b"), key("c")];
    scene.controller.add([key("a")]);
    scene.controller.start();
    await settle();
    assert.deepEqual(scene.looks.sort(), ["docs/a", "docs/b", "docs/c"]);
    scene.looks.length = 0;
    scene.controller.add([key("b")]);
    await settle();
    assert.deepEqual(scene.looks, ["docs/b"]);
    scene.looks.length = 0;
    await scene.pass(600_000);
    await scene.pass(300_000);
    assert.deepEqual(scene.looks.sort(), ["docs/a", "docs/b", "docs/c"]);
    await scene.controller.drain();
  },
});

Deno.test({
  name: "[F2] what is thrown is tried again, later each time; who wants to look again does",
  permissions,
  fn: async () => {
    const scene = new Scene();
    scene.answer = (name) => {
      if (name === "throttled") throw new KubeError("throttled", "slowly", 9_000);
      if (name === "bad") throw new TypeError("a fault of ours");
      return name === "waiting" ? { againAfterMs: 5_000 } : {};
    };
    scene.controller.start();
    for (const name of ["throttled", "bad", "waiting"]) {
      scene.controller.add([key(name)]);
      await settle();
    }
    const told = scene.events.map((
      { result, error, retryInMs },
    ) => [result, error?.code, retryInMs]);
    assert.deepEqual(told, [
      ["failed", "throttled", 18_000],
      ["failed", "unreachable", 200],
      ["again", undefined, undefined],
    ]);
    scene.looks.length = 0;
    await scene.pass(200);
    assert.deepEqual(scene.looks, ["docs/bad"]);
    await scene.pass(399);
    assert.deepEqual(scene.looks, ["docs/bad"]);
    await scene.pass(1);
    assert.deepEqual(scene.looks, ["docs/bad", "docs/bad"]);
    scene.answer = () => ({});
    await scene.pass(20_000);
    assert.deepEqual(scene.looks.filter((look) => look === "docs/throttled").length, 1);
    assert.deepEqual(scene.looks.filter((look) => look === "docs/waiting").length, 1);
    await scene.controller.drain();
  },
});

Deno.test({
  name: "[F1] a server that has too much to do is asked at its pace, however often it says so",
  permissions,
  fn: async () => {
    const scene = new Scene();
    scene.answer = () => {
      throw new KubeError("throttled", "slowly", 2_000);
    };
    scene.controller.start();
    scene.controller.add([key("busy")]);
    await settle();
    for (let look = 0; look < 20; look++) await scene.pass(4_000);
    assert.equal(scene.looks.length, 21);
    await scene.controller.drain();
  },
});

Deno.test({
  name: "[F1] who drains waits for what is in hand, and begins nothing more",
  permissions,
  fn: async () => {
    const scene = new Scene();
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    scene.answer = () => promise;
    scene.all = [key("a"), key("b"), key("c")];
    scene.controller.start();
    await settle();
    assert.equal(scene.looks.length, 2);
    let isDrained = false;
    const drained = scene.controller.drain().then(() => isDrained = true);
    await settle();
    assert(!isDrained);
    resolve({});
    await drained;
    assert.equal(scene.looks.length, 2);
  },
});
