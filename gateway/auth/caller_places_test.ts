import assert from "node:assert/strict";
import type { Caller } from "./access.ts";
import { CallerPlaces } from "./caller_places.ts";

const scopes: Caller["scopes"] = new Set(["jobs:read"]);
const named = (name: string, from?: string): Caller => ({ name, scopes, network: () => from });
const nameless = (from?: string): Caller => ({ scopes, network: () => from });

Deno.test("caller places: one caller leaves those of others alone", { permissions: "none" }, () => {
  const places = new CallerPlaces(2);
  const rows: [Caller, Caller][] = [
    [named("a", "10.0.0.1"), named("b", "10.0.0.1")],
    [nameless("10.0.0.1"), nameless("10.0.0.2")],
  ];
  for (const [one, other] of rows) {
    const leave = places.take(one);
    assert(leave && places.take(one));
    assert.equal(places.take(one), undefined);
    assert(places.take(other));
    leave();
    leave();
    assert(places.take(one));
    assert.equal(places.take(one), undefined);
  }
});

Deno.test("caller places: who is not told apart is not counted", { permissions: "none" }, () => {
  const places = new CallerPlaces(1);
  for (const caller of [nameless(), { scopes }, nameless(), { scopes }]) {
    assert(places.take(caller));
  }
  assert.equal(places.size, 0);
  const leave = places.take(named("a"));
  assert.equal(places.size, 1);
  leave?.();
  assert.equal(places.size, 0);
});
