import assert from "node:assert/strict";
import { fitHeaders } from "./fit_headers.ts";

const KIBIBYTE = 1_024;

Deno.test({
  name: "[W13] rabbitmq: the longest headers are left out where not all can be published",
  permissions: "none",
  fn() {
    const text = (kibibytes: number) => "x".repeat(kibibytes * KIBIBYTE);
    const table: [string, Record<string, string>, string[]][] = [
      ["none", {}, []],
      ["all that fit", { a: text(30), b: text(29) }, ["a", "b"]],
      ["one too many: the longest goes", { a: text(31), b: text(30), c: "c" }, ["b", "c"]],
      ["one that is too long alone", { a: text(61), c: "c" }, ["c"]],
      ["bytes count, not characters", { a: "ö".repeat(31 * KIBIBYTE), c: "c" }, ["c"]],
      ["many characters of one byte fit", { a: text(59) }, ["a"]],
    ];
    for (const [name, headers, kept] of table) {
      assert.deepEqual(Object.keys(fitHeaders(headers)).sort(), kept, name);
    }
  },
});

Deno.test({
  name: "[W5] rabbitmq: headers fit into a broker's frames, however short these are",
  permissions: "none",
  fn() {
    const headers = { "asya-failure": "x".repeat(3_000), traceparent: "00-1-2-01" };
    assert.deepEqual(fitHeaders(headers, 4_096), headers);
    assert.deepEqual(fitHeaders({ ...headers, baggage: "y".repeat(3_010) }, 4_096), headers);
    assert.deepEqual(fitHeaders({ baggage: "y".repeat(3_500) }, 4_096), {});
  },
});
