import assert from "node:assert/strict";
import { parseArguments } from "./arguments.ts";

const pure = { permissions: "none" } as const;

Deno.test("[M1] what each command line means", pure, async (t) => {
  const up = { kind: "up", file: "mesh.yaml", only: [], json: false };
  const cases: readonly (readonly [string, unknown])[] = [
    ["", { kind: "help" }],
    ["--help", { kind: "help" }],
    ["-h", { kind: "help" }],
    ["help call", { kind: "help", topic: "call" }],
    ["up --help", { kind: "help", topic: "up" }],
    ["up", up],
    ["up a/b.yaml", { ...up, file: "a/b.yaml" }],
    ["up --only ocr,gateway --json", { ...up, only: ["ocr", "gateway"], json: true }],
    ["up --only=ocr", { ...up, only: ["ocr"] }],
    ["up --transport amqp://x", { ...up, transportUrl: "amqp://x" }],
    ["demo", { kind: "demo", file: "mesh.yaml", json: false }],
    ["demo x.yaml --json", { kind: "demo", file: "x.yaml", json: true }],
    ["demo --transport rabbitmq", {
      kind: "demo",
      file: "mesh.yaml",
      json: false,
      transportUrl: "rabbitmq",
    }],
    ["call t", { kind: "call", tool: "t", args: [], json: false }],
    ["call t --arg a=1 --arg b=x=y --arg c=", {
      kind: "call",
      tool: "t",
      args: [["a", "1"], ["b", "x=y"], ["c", ""]],
      json: false,
    }],
    ["call --url http://h t", { kind: "call", tool: "t", args: [], json: false, url: "http://h" }],
    ["tools --json", { kind: "tools", json: true }],
  ];
  for (const [line, command] of cases) {
    await t.step(line || "(nothing)", () => {
      const args = line === "" ? [] : line.split(" ");
      assert.deepEqual(parseArguments(args), { ok: true, command });
    });
  }
});

Deno.test("what is wrong with a command line", pure, async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ["upp", '"upp" is no command; did you mean up?'],
    ["zebra", '"zebra" is no command; allowed: up, demo, call, tools'],
    ["up --onyl x", "--onyl is no option of up; did you mean --only?"],
    ["up --arg a=1", "--arg is no option of up; allowed: --help, --only, --json, --transport"],
    ["up -x", "-x is no option of up; allowed: --help, --only, --json, --transport"],
    ["up --only", "--only needs a value behind it"],
    ["up --json=yes", "--json takes no value"],
    ["up a b", '"b" is one argument too many'],
    ["up a amqp://me:s3cret@mq", '"amqp://me:***@mq" is one argument too many'],
    ["tools a", '"a" is one argument too many'],
    ["call", "the name of a tool is missing; asya tools lists them"],
    ["call t --arg a", '--arg is "a"; name=value is allowed'],
    ["call t --arg a=1 --arg a=2", "--arg a=… is given twice"],
    [
      "call t --url localhost:8080",
      '--url is "localhost:8080"; a URL that begins with http: or https: is allowed',
    ],
    ["call t --arg =a", '--arg is "=a"; name=value is allowed'],
  ];
  for (const [line, problem] of cases) {
    await t.step(line, () => {
      const parsed = parseArguments(line.split(" "));
      assert.equal(parsed.ok ? "fine" : parsed.problem, problem);
    });
  }
});
