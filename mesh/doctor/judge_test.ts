import assert from "node:assert/strict";
import type { Finding } from "./finding.ts";
import { judgeDatabase, judgeHandler, judgeResults, judgeSettings } from "./judge_child.ts";
import type { ChildFacts } from "../run/run_child.ts";
import { type GatewayFacts, judgeGateway } from "./judge_gateway.ts";
import { judgeClock, judgeMachine, type MachineFacts } from "./judge_machine.ts";

const pure = { permissions: "none" } as const;

const levelsOf = (findings: readonly Finding[]) => findings.map(({ level }) => level).join(" ");

const child = (changes: Partial<ChildFacts>): ChildFacts => ({ out: [], err: [], ...changes });

Deno.test("[M10] a program says what is wrong with its settings", pure, () => {
  assert.equal(levelsOf(judgeSettings("gateway", child({ code: 0 }))), "ok");
  assert.equal(levelsOf(judgeSettings("gateway", child({}))), "unknown");
  const wrong = child({
    code: 2,
    err: ["gateway cannot start; its settings have 2 problems:", "  A is x", "  B is y", "--help"],
  });
  assert.deepEqual(judgeSettings("gateway", wrong).map(({ what }) => what), ["A is x", "B is y"]);
  const tools = child({ code: 2, err: ["tools.yaml:7:5: paramaters is not known"] });
  assert.match(judgeSettings("gateway", tools)[0]?.what ?? "", /:7:5: paramaters/);
});

Deno.test("[M10] a handler lacks a permission, or something else", pure, () => {
  const judge = (code: number | undefined, lines: string[], place?: string) =>
    judgeHandler("ocr", child(code === undefined ? {} : { code }), {
      lines,
      ...(place !== undefined && { place }),
    })[0];
  assert.equal(judge(0, [])?.level, "ok");
  assert.equal(judge(undefined, [])?.level, "warning");
  assert.equal(judge(3, [])?.level, "warning");
  const denied = judge(1, [
    'error: Uncaught (in promise) NotCapable: Requires net access to "api.example.com:443", run ' +
    "again with the --allow-net flag",
  ], "ocr.ts:3:1");
  assert.equal(denied?.level, "broken");
  assert.match(denied?.what ?? "", /^NotCapable: .*\(ocr\.ts:3:1\)$/);
  assert.match(denied?.todo ?? "", /^permissions: { net: \[api\.example\.com:443\] } of the actor/);
  assert.match(judge(1, ["error: SyntaxError: no"], "a.ts:1:2")?.todo ?? "", /mend a\.ts:1:2/);
  const missed = { lines: ["the linked package is 0.2.0"], todo: "in deno.json, write 0.2.0" };
  const [linked] = judgeHandler("ocr", child({ code: 1 }), missed);
  assert.equal(linked?.what, missed.lines[0]);
  assert.equal(linked?.todo, missed.todo);
  assert.match(judge(2, ["./ocr.ts has no default export"])?.what ?? "", /no default export/);
});

Deno.test("[M10] a database is up to date, behind, or away", pure, () => {
  const applied = "0001 jobs  applied 2026-01-01T00:00:00.000Z";
  assert.equal(levelsOf(judgeDatabase(child({ code: 0, out: [applied] }))), "ok");
  const behind = judgeDatabase(child({ code: 0, out: [applied, "0002 keys  pending"] }))[0];
  assert.equal(behind?.level, "warning");
  assert.match(behind?.what ?? "", /^1 of its 2 migrations/);
  const away = judgeDatabase(child({ code: 1, err: ["migrate failed: connect ECONNREFUSED"] }))[0];
  assert.equal(away?.level, "broken");
  assert.match(away?.what ?? "", /ECONNREFUSED/);
  assert.equal(levelsOf(judgeDatabase(child({}))), "unknown");
});

Deno.test("[M10] results can be stored, or not", pure, () => {
  assert.equal(levelsOf(judgeResults("the bucket b", child({ code: 0 }))), "ok");
  assert.equal(levelsOf(judgeResults("the bucket b", child({}))), "unknown");
  const [denied] = judgeResults("the bucket b", child({ code: 1, err: ["AccessDenied: no"] }));
  assert.equal(denied?.level, "broken");
  assert.match(denied?.what ?? "", /the bucket b cannot be written: AccessDenied/);
});

Deno.test("[M10] what is said of a gateway", pure, async (t) => {
  const healthy: GatewayFacts = {
    url: "http://gw",
    isExpected: true,
    ready: { status: 200, text: "ready" },
    version: "1.0.0",
    ownVersion: "1.0.0",
    tools: ["read", "more"],
    ownTools: ["read"],
  };
  const away = { ready: undefined, reason: "refused" } as unknown as Partial<GatewayFacts>;
  const cases: readonly (readonly [string, Partial<GatewayFacts>, string, RegExp])[] = [
    ["healthy", {}, "ok", /ready/],
    ["away", away, "broken", /nobody answers at http:\/\/gw: refused/],
    ["away as it should", { ...away, isExpected: false }, "ok", /does not run/],
    [
      "not ready",
      { ready: { status: 503, text: "the broker is away" } },
      "broken",
      /not ready: the broker/,
    ],
    ["somebody else", { ready: { status: 404, text: "" } }, "broken", /as no gateway does/],
    ["another version", { version: "0.9.0" }, "ok warning", /0\.9\.0, and this asya's 1\.0\.0/],
    ["another mesh", { ownTools: ["read", "write"] }, "ok warning", /tools write of this mesh/],
    ["tools that it does not show", { tools: undefined } as unknown as object, "ok", /ready/],
  ];
  for (const [title, changes, levels, words] of cases) {
    await t.step(title, () => {
      const findings = judgeGateway({ ...healthy, ...changes });
      assert.equal(levelsOf(findings), levels);
      assert.match(JSON.stringify(findings), words);
    });
  }
});

Deno.test("[M10] what is said of a machine", pure, async (t) => {
  const gib = 1024 ** 3;
  const healthy: MachineFacts = {
    denoVersion: "2.9.6",
    stateFolder: "/mesh",
    freeBytes: 10 * gib,
    maxFiles: 4_096,
    port: { number: 8080, isFree: true },
  };
  const cases: readonly (readonly [string, Partial<MachineFacts>, string, RegExp])[] = [
    ["healthy", {}, "ok ok ok", /10240 MiB are free/],
    ["a later Deno of the same line", { denoVersion: "2.14.0" }, "ok ok ok", /2\.14/],
    ["an older Deno", { denoVersion: "2.8.3" }, "warning ok ok", /2\.9 up to 3\.0/],
    ["the next Deno", { denoVersion: "3.0.0" }, "warning ok ok", /2\.9 up to 3\.0/],
    ["a full disk", { freeBytes: 1024 }, "ok warning ok", /0 MiB are free in \/mesh/],
    ["few files", { maxFiles: 256 }, "ok ok warning ok", /ulimit -n 1024/],
    [
      "a taken port",
      { port: { number: 8080, isFree: false } },
      "ok ok broken",
      /ports\.gateway/,
    ],
  ];
  for (const [title, changes, levels, words] of cases) {
    await t.step(title, () => {
      const findings = judgeMachine({ ...healthy, ...changes });
      assert.equal(levelsOf(findings), levels);
      assert.match(JSON.stringify(findings), words);
    });
  }
});

Deno.test("[M10] a clock that differs from the gateway's is told of", pure, () => {
  assert.deepEqual(judgeClock(undefined), []);
  assert.deepEqual(judgeClock(500), []);
  assert.match(judgeClock(90_000)[0]?.what ?? "", /1m30s behind the gateway/);
  assert.match(judgeClock(-90_000)[0]?.what ?? "", /1m30s before the gateway/);
});
