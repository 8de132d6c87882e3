import assert from "node:assert/strict";
import { YAML_ENV } from "../testing/test_gateway.ts";
import { createSchemaCompiler } from "./json_schema.ts";
import { type ParsedTools, parseTools } from "./parse_tools.ts";
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

test("[D21] of the policies for a step the tool's own counts more, key by key", () => {
  const parsed = parse(
    `
retry:
  ocr: { attempts: 6, base: 250ms, factor: 3, max: 1m, jitter: 0.5, codes: [timeout_error] }
tools:
  - name: plain
    route: [ocr, store]
  - name: other
    route: [ocr, store]
    retry: { ocr: { attempts: 1, max: 90 }, store: { base: 2, codes: [] } }`,
    "retry: { store: { base: 1, factor: 1 } }",
  );
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("\n"));
  const ocr = {
    attempts: 6,
    base: 0.25,
    factor: 3,
    max: 60,
    jitter: 0.5,
    codes: ["timeout_error"],
  };
  assert.deepEqual(parsed.tools.map(({ retry }) => retry), [
    { ocr, store: { base: 1, factor: 1 } },
    { ocr: { ...ocr, attempts: 1, max: 90 }, store: { base: 2, factor: 1, codes: [] } },
  ]);
});

test("[D21] [G1] everything that can be wrong with a policy, and where", () => {
  const own = (policy: string) => `tools:\n- { name: t, route: [a], retry:\n    ${policy} }`;
  const codes = "oom_error, cuda_oom_error, processing_error, retryable_error, validation_error, " +
    "invalid_json, connection_error, timeout_error, frame_too_large, route_error, or one's own";
  const duration = "seconds from 0 to 31536000, or a duration such as 250ms, 5m or 1h30m";
  const table: [text: string, ...problems: string[]][] = [
    ["retry: 5\ntools: []", "1:8: retry is 5; allowed: an object of policies by step"],
    [
      "retry: { a: 5 }\ntools: []",
      "1:13: a is 5; allowed: an object with attempts, base, factor, max, jitter, codes",
    ],
    [
      own("{ happy-end: {}, 'a/': {} }"),
      "3:7: happy-end tries again by itself, for ever; allowed: steps of routes",
      '3:22: "a/" is no queue\'s name; allowed: steps of routes',
    ],
    [
      own("{ a: { attempt: 3, attempts: 0, base: soon, factor: x } }"),
      '3:12: "attempt" is unknown; did you mean attempts?',
      "3:34: attempts is 0; allowed: a whole number from 1 to 1001",
      `3:43: base is "soon"; allowed: ${duration}`,
      '3:57: factor is "x"; allowed: a number from 1 to 100',
    ],
    [
      own("{ a: { max: [1], jitter: 2 } }"),
      `3:17: max is array; allowed: ${duration}`,
      "3:30: jitter is 2; allowed: a number from 0 to 1",
    ],
    [own("{ a: { codes: x } }"), '3:19: codes is "x"; allowed: a list of failures\' codes'],
    [
      own("{ a: { codes: [mine, timeout_eror, deadline_exceeded, 7] } }"),
      '3:26: item 2 is "timeout_eror"; allowed: timeout_error',
      `3:40: item 3 is "deadline_exceeded"; allowed: the code of a failure: ${codes}`,
      `3:59: item 4 is 7; allowed: the code of a failure: ${codes}`,
    ],
  ];
  for (const [text, ...problems] of table) {
    assert.deepEqual(problemsOf(text), problems.map((problem) => `a.yaml:${problem}`));
  }
  assert.deepEqual(problemsOf("retry: { a: {} }\ntools: []", "retry: { a: {} }"), [
    'b.yaml:1:13: "a" is given twice; the first is at a.yaml:1:13',
  ]);
});
