import assert from "node:assert/strict";
import { createSchemaCompiler } from "./json_schema.ts";
import { type ParsedTools, parseTools } from "./parse_tools.ts";
import { YAML_ENV } from "../testing/test_gateway.ts";
import { parseYaml } from "./yaml_document.ts";

function parse(...texts: string[]): ParsedTools {
  const documents = texts.map((text, index) => {
    const parsed = parseYaml(`${"abc"[index]}.yaml`, text);
    assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
    return parsed.document;
  });
  return parseTools(documents, createSchemaCompiler());
}

function problemsOf(...texts: string[]): readonly string[] {
  const parsed = parse(...texts);
  return parsed.ok ? [] : parsed.problems;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: { env: YAML_ENV }, fn });
}

test("parseTools: the example of the documentation", () => {
  const parsed = parse(`
defaults: { progress: false, timeout: 120 }
routes:   { ml-pipeline: [preprocessor, inference] }
tools:
  - name: my_tool
    description: Process data
    parameters:
      input: { type: string, required: true, description: what to read }
      mode:  { type: string, options: [fast, good], default: fast }
      tags:  { type: array, items: { type: string }, minItems: 1 }
      opts:  { type: object, properties: { temperature: { type: number, default: 0.7 } } }
      need:  { type: object, properties: { key: { type: string, required: true } } }
    route: [parser, { join: merge }, finalizer]
    metadata: { team: ml }
    wait: always
    timeout: 5
    progress: true
  - name: by_name
    route: ml-pipeline`);
  assert(parsed.ok);
  const [first, second] = parsed.tools;
  assert.deepEqual(first?.inputSchema, {
    type: "object",
    properties: {
      input: { type: "string", description: "what to read" },
      mode: { type: "string", enum: ["fast", "good"], default: "fast" },
      tags: { type: "array", items: { type: "string" }, minItems: 1 },
      opts: {
        type: "object",
        properties: { temperature: { type: "number", default: 0.7 } },
        additionalProperties: false,
        default: {},
      },
      need: {
        type: "object",
        properties: { key: { type: "string" } },
        required: ["key"],
        additionalProperties: false,
      },
    },
    required: ["input"],
    additionalProperties: false,
  });
  assert.deepEqual(
    [first?.steps, first?.joins, first?.wait, first?.timeoutSeconds, first?.progress],
    [["parser", "merge", "finalizer"], [1], "always", 5, true],
  );
  assert.deepEqual(
    [second?.steps, second?.timeoutSeconds, second?.progress, second?.wait],
    [["preprocessor", "inference"], 120, false, "auto"],
  );
});

test("[G1] parseTools: every problem is told at once, in order, with its place", () => {
  const problems = problemsOf(
    `defaults: { progress: maybe, timeout: -1 }
tols: 1
tools:
  - name: my tool
    parameters:
      input: { type: strng, requird: true }
      mode:  { type: string, options: [] }
      x: 5
    route: [parser, happy-end, "amq.x", 7]
  - name: named
    route: ml-pipelin
    wait: sometimes
    timeout: 1e9
  - name: named
    route: []
  - name: schema
    inputSchema: { type: object, properties: { a: { type: nope } } }
    parameters: {}
    route: [a]
    extra: 1
  - 7
  - route: [a]
  - name: asya_job
    route: [a]
  - name: meta
    metadata: { asya: 1 }
    inputSchema: { type: string }
    outputSchema: [1]
`,
  );
  const expected = [
    /^a\.yaml:1:23: progress is "maybe"; allowed: true or false$/,
    /^a\.yaml:1:39: timeout is -1; allowed: seconds, more than 0/,
    /^a\.yaml:2:1: "tols" is unknown; did you mean tools\?$/,
    /^a\.yaml:4:11: name is "my tool"; allowed: 1 to 128 of the characters/,
    /^a\.yaml:6:22: type is "strng"; allowed: string, number, .* or object$/,
    /^a\.yaml:6:29: "requird" is unknown; did you mean required\?$/,
    /^a\.yaml:7:39: options is empty; allowed: at least one value$/,
    /^a\.yaml:8:10: x is 5; allowed: an object with a type$/,
    /^a\.yaml:9:21: happy-end ends every route by itself; allowed: to leave it out$/,
    /^a\.yaml:9:32: item 3 is "amq.x"; allowed: a queue's name/,
    /^a\.yaml:9:41: item 4 is 7; allowed: a queue's name/,
    /^a\.yaml:11:12: no route is named "ml-pipelin"; allowed: a list of steps$/,
    /^a\.yaml:12:11: wait is "sometimes"; allowed: auto, never or always$/,
    /^a\.yaml:13:14: timeout is 1000000000; allowed: seconds/,
    /^a\.yaml:14:11: "named" is given twice; the first is at a\.yaml:10:11$/,
    /^a\.yaml:15:12: the route is empty; allowed: at least one step$/,
    /^a\.yaml:17:5: parameters and inputSchema are both given; allowed: one of them$/,
    /^a\.yaml:17:59: type is "nope"; allowed: array, boolean, .*, string or a list$/,
    /^a\.yaml:20:5: "extra" is unknown; allowed: name, /,
    /^a\.yaml:21:5: item 5 is 7; allowed: a tool$/,
    /^a\.yaml:22:5: name is nothing; allowed: 1 to 128/,
    /^a\.yaml:23:11: "asya_job" is a tool that is built in; allowed: another name$/,
    /^a\.yaml:25:5: route is nothing; allowed: a list of steps, or the name of a route$/,
    /^a\.yaml:26:17: asya is kept for the mesh itself; allowed: other keys$/,
    /^a\.yaml:27:26: type is "string"; allowed: "object", since arguments have names$/,
    /^a\.yaml:28:19: outputSchema is array; allowed: an object$/,
  ];
  assert.equal(problems.length, expected.length, problems.join("\n"));
  expected.forEach((pattern, index) => assert.match(problems[index] ?? "", pattern));
});

test("[G1] parseTools: several files count as one", () => {
  const tool = (name: string, route = "[a]") => `tools: [{ name: ${name}, route: ${route} }]`;
  const parsed = parse(tool("one", "shared"), `routes: { shared: [x] }`, tool("two"));
  assert(parsed.ok);
  assert.deepEqual(parsed.tools.map(({ name }) => name), ["one", "two"]);
  assert.deepEqual(problemsOf(tool("one"), tool("one")), [
    'b.yaml:1:17: "one" is given twice; the first is at a.yaml:1:17',
  ]);
  assert.deepEqual(problemsOf("routes: { r: [a] }", "routes: { r: [b] }"), [
    'b.yaml:1:14: "r" is given twice; the first is at a.yaml:1:14',
  ]);
  assert.deepEqual(problemsOf("defaults: { timeout: 1 }", "defaults: { timeout: 2 }"), [
    'b.yaml:1:22: "timeout" is given twice; the first is at a.yaml:1:22',
  ]);
});

test("[G1] parseTools: what is no tools file at all", () => {
  assert.match(problemsOf("")[0] ?? "", /^a\.yaml:1:1: the file is null; allowed: an object/);
  assert.match(problemsOf("- 1")[0] ?? "", /^a\.yaml:1:1: the file is array/);
  assert.match(problemsOf("tools: x")[0] ?? "", /^a\.yaml:1:8: tools is "x"; allowed: a list/);
  assert.match(problemsOf("routes: {}")[0] ?? "", /^a\.yaml:1:1: tools is nothing/);
});

test("[G1] parseTools: a default that its own schema refuses", () => {
  const problems = problemsOf(`
tools:
  - name: t
    route: [a]
    parameters: { n: { type: integer, default: x }, must: { type: string, required: true } }`);
  assert.equal(problems.length, 1, problems.join("\n"));
  assert.match(problems[0] ?? "", /^a\.yaml:5:48: the default of argument "n" is "x"; integer is/);
});

test("[G1] parseYaml: what is no YAML is told with its place", () => {
  for (
    const [text, place] of [
      ["tools: [", "t.yaml:1:9"],
      ["a: 1\na: 2", "t.yaml:2:1"],
      ["a:\n\t- 1", "t.yaml:2:1"],
      ["a: *nothing", "t.yaml:1:4"],
    ] as const
  ) {
    const parsed = parseYaml("t.yaml", text);
    assert(!parsed.ok, text);
    assert(parsed.problems[0]?.startsWith(place), parsed.problems.join("\n"));
  }
});

test("parseYaml: aliases that grow without bound are refused", () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (let index = 1; index < 9; index++) {
    const [one, other] = ["abcdefghi"[index - 1], "abcdefghi"[index]];
    lines.push(`${other}: &${other} [${Array(10).fill(`*${one}`).join(", ")}]`);
  }
  assert.equal(parseYaml("t.yaml", lines.join("\n")).ok, false);
});
