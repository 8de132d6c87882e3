import assert from "node:assert/strict";
import { createSchemaCompiler } from "./json_schema.ts";
import { parseTools } from "./parse_tools.ts";
import { parseYaml } from "./yaml_document.ts";
import { YAML_ENV } from "../testing/test_gateway.ts";

/** Everything that is wrong with a text, without the file's name. */
function problemsOf(text: string): string[] {
  const yaml = parseYaml("t", text);
  const parsed = yaml.ok ? parseTools([yaml.document], createSchemaCompiler()) : yaml;
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.replace(/^t:/, ""));
}

/** A tool whose schema begins in column 5 of the third line. */
const input = (schema: string) => `tools:\n- { name: t, route: [a], inputSchema:\n    ${schema} }`;
const output = (schema: string) =>
  `tools:\n- { name: t, route: [a], outputSchema:\n    ${schema} }`;
const short = (schema: string) => `tools:\n- { name: t, route: [a], parameters:\n    ${schema} }`;
/** A tool with something more, which begins in column 5 of the third line. */
const tool = (more: string) => `tools:\n- { name: t, route: [a],\n    ${more} }`;

const table: Readonly<Record<string, [text: string, ...problems: string[]][]>> = {
  "what is no YAML": [
    [
      "tools: [",
      "1:9: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["tools: []\ntools: []", '2:1: the key "tools" is given twice; allowed: once'],
    ["tools: []\n---\nx: 1", "2:1: another document begins here; allowed: one in each file"],
    ["tools:\n\t- x", "2:1: the line is indented by a tab; allowed: spaces"],
    ["tools: *them", "1:8: the alias *them stands for nothing; allowed: what has an anchor above"],
    ["a: b: c", "1:4: Nested mappings are not allowed in compact mappings"],
    ["tools: !env X", '1:8: the tag "!env" is unknown; allowed: values without tags'],
    ["tools: 'x", "1:10: Missing closing 'quote"],
    ["tools: @x", "1:8: Plain value cannot start with reserved character @"],
    ["tools: [] x", "1:11: Unexpected scalar at node end"],
    [tool("timeout: .inf"), "3:14: .inf is no number of JSON; allowed: finite ones"],
    [tool("metadata: { a: [.nan] }"), "3:21: .nan is no number of JSON; allowed: finite ones"],
    ["{a: 1, 'b c': 1, 'b c': 2}", '1:18: the key "b c" is given twice; allowed: once'],
  ],
  "what is no tools file": [
    ["", "1:1: the file is null; allowed: an object with tools"],
    ["- 1", "1:1: the file is array; allowed: an object with tools"],
    ["7", "1:1: the file is 7; allowed: an object with tools"],
    ["tools: x", '1:8: tools is "x"; allowed: a list of tools'],
    ["routes: {}", "1:1: tools is nothing; allowed: a list of tools"],
    ["tools: [7]", "1:9: item 1 is 7; allowed: a tool"],
    ["tool: []\ntools: []", '1:1: "tool" is unknown; did you mean tools?'],
  ],
  "shared parts": [
    ["defaults: 1\ntools: []", "1:11: defaults is 1; allowed: an object"],
    ["defaults: { progress: 1 }\ntools: []", "1:23: progress is 1; allowed: true or false"],
    [
      "defaults: { timeout: 0 }\ntools: []",
      "1:22: timeout is 0; allowed: seconds, more than 0, at most 2592000",
    ],
    ["defaults: { wait: auto }\ntools: []", '1:13: "wait" is unknown; allowed: progress, timeout'],
    ["routes: [a]\ntools: []", "1:9: routes is array; allowed: an object of routes by name"],
    ["routes: { r: [] }\ntools: []", "1:14: the route is empty; allowed: at least one step"],
    ["routes: { r: x }\ntools: []", '1:14: r is "x"; allowed: a list of steps'],
  ],
  "the parts of a tool": [
    [
      "tools: [{ route: [a] }]",
      "1:9: name is nothing; allowed: 1 to 128 of the characters A-Z a-z 0-9 _ - .",
    ],
    [
      "tools: [{ name: 7, route: [a] }]",
      "1:17: name is 7; allowed: 1 to 128 of the characters A-Z a-z 0-9 _ - .",
    ],
    [
      "tools: [{ name: '', route: [a] }]",
      '1:17: name is ""; allowed: 1 to 128 of the characters A-Z a-z 0-9 _ - .',
    ],
    [
      "tools: [{ name: asya_job, route: [a] }]",
      '1:17: "asya_job" is a tool that is built in; allowed: another name',
    ],
    [
      "tools: [{ name: t }]",
      "1:9: route is nothing; allowed: a list of steps, or the name of a route",
    ],
    ["tools: [{ name: t, route: x }]", '1:27: no route is named "x"; allowed: a list of steps'],
    [
      "tools: [{ name: t, route: {} }]",
      "1:27: route is object; allowed: a list of steps, or the name of a route",
    ],
    [
      "tools: [{ name: t, route: [{}] }]",
      "1:28: join is nothing; allowed: a queue's name, or {join: a queue's name}",
    ],
    [
      "tools: [{ name: t, route: [{ join: 7 }] }]",
      "1:36: join is 7; allowed: a queue's name, or {join: a queue's name}",
    ],
    [
      "tools: [{ name: t, route: [{ jion: x }] }]",
      "1:28: join is nothing; allowed: a queue's name, or {join: a queue's name}",
      '1:30: "jion" is unknown; did you mean join?',
    ],
    [
      "tools: [{ name: t, route: [{ join: x, quorum: 0, wait: some, late: 5 }] }]",
      "1:47: quorum is 0; allowed: a whole number from 1 to 100000",
      '1:56: wait is "some"; allowed: quorum or all',
      "1:68: late is 5; allowed: drop or dead-letter",
    ],
    [
      "tools: [{ name: t, route: [a, { join: x, timeout: soon, of: x }] }]",
      '1:51: timeout is "soon"; allowed: seconds above 0, at most 31536000, ' +
      "or a duration such as 250ms, 5m or 1h30m",
      '1:61: of is "x"; allowed: a',
    ],
    [
      "tools: [{ name: t, route: [{ join: x, quorum: 2 }, a, { join: x }] }]",
      "1:55: x waits in another way than before; allowed: the same",
    ],
    [
      "tools: [{ name: t, route: [{ join: x }, a, { join: x, quorum: 2 }] }]",
      "1:44: x waits in another way than before; allowed: the same",
    ],
    [
      "tools: [{ name: t, route: [a, { join: x }, b, { join: y, of: x }] }]",
      '1:62: of is "x"; allowed: a, b',
    ],
    [
      "tools: [{ name: t, route: [a, b, c, { join: x }, d, { join: y }] }]",
      "1:37: nobody can tell whose branches x takes, since steps stand between it and y; " +
      "allowed: of, one of a, b, c",
    ],
    [
      "tools: [{ name: t, route: [happy-end] }]",
      "1:28: happy-end ends every route by itself; allowed: to leave it out",
    ],
    [
      "tools: [{ name: t, route: [a] }, { name: t, route: [b] }]",
      '1:42: "t" is given twice; the first is at t:1:17',
    ],
    [tool("description: [x]"), "3:18: description is array; allowed: a text"],
    [tool("progress: sure"), '3:15: progress is "sure"; allowed: true or false'],
    [
      tool("timeout: soon"),
      '3:14: timeout is "soon"; allowed: seconds, more than 0, at most 2592000',
    ],
    [
      tool("timeout: 1e9"),
      "3:14: timeout is 1000000000; allowed: seconds, more than 0, at most 2592000",
    ],
    [tool("wait: maybe"), '3:11: wait is "maybe"; allowed: auto, never or always'],
    [tool("metadata: x"), '3:15: metadata is "x"; allowed: an object'],
    [tool("metadata: { asya: {} }"), "3:17: asya is kept for the mesh itself; allowed: other keys"],
    [
      tool("retries: 3"),
      '3:5: "retries" is unknown; allowed: name, description, parameters, inputSchema, outputSchema, route, progress, timeout, metadata, retry, wait',
    ],
    [
      tool("parameters: {}, inputSchema: { type: object }"),
      "3:21: parameters and inputSchema are both given; allowed: one of them",
    ],
  ],
  "the short form": [
    [short("[x]"), "3:5: parameters is array; allowed: an object of parameters by name"],
    [short("{ p: 7 }"), "3:10: p is 7; allowed: an object with a type"],
    [
      short("{ p: { type: text } }"),
      '3:18: type is "text"; allowed: string, number, integer, boolean, array or object',
    ],
    [
      short("{ p: { required: 1 } }"),
      "3:10: type is nothing; allowed: string, number, integer, boolean, array or object",
      "3:22: required is 1; allowed: true or false",
    ],
    [
      short("{ p: { optional: true } }"),
      "3:10: type is nothing; allowed: string, number, integer, boolean, array or object",
      '3:12: "optional" is unknown; did you mean options?',
    ],
    [
      short("{ p: { options: x } }"),
      "3:10: type is nothing; allowed: string, number, integer, boolean, array or object",
      '3:21: options is "x"; allowed: a list of values',
    ],
    [
      short("{ p: { options: [] } }"),
      "3:10: type is nothing; allowed: string, number, integer, boolean, array or object",
      "3:21: options is empty; allowed: at least one value",
    ],
    [
      short("{ p: { type: string, properties: {} } }"),
      "3:26: properties is given for type string; allowed: for type object",
    ],
    [
      short("{ p: { type: string, items: {} } }"),
      "3:26: items is given for type string; allowed: for type array",
    ],
    [short("{ p: { type: array, items: 7 } }"), "3:32: items is 7; allowed: an object with a type"],
    [
      short("{ p: { type: object, properties: [] } }"),
      "3:38: properties is array; allowed: an object of parameters by name",
    ],
    [short("{ p: { type: string, minLength: -1 } }"), "3:37: minLength is -1; allowed: at least 0"],
    [
      short("{ p: { type: string, pattern: '(' } }"),
      '3:35: pattern is "(" (Unterminated group); allowed: a regular expression of ECMAScript',
    ],
    [short("{ p: { type: integer, minimum: low } }"), '3:36: minimum is "low"; allowed: number'],
    [
      short("{ p: { type: integer, default: x } }"),
      '3:36: the default of argument "p" is "x"; integer is allowed',
    ],
    [
      short("{ o: { type: object, properties: { n: { type: integer, default: x } } } }"),
      '3:69: the default of argument "o.n" is "x"; integer is allowed',
    ],
    [
      short("{ o: { type: object, default: { n: x }, properties: { n: { type: integer } } } }"),
      '3:40: the default of argument "o.n" is "x"; integer is allowed',
    ],
  ],
  "the form of a JSON Schema": [
    [input("7"), "3:5: inputSchema is 7; allowed: a JSON Schema"],
    [
      input("{ type: string }"),
      '3:13: type is "string"; allowed: "object", since arguments have names',
    ],
    [input("{}"), '3:5: type is nothing; allowed: "object", since arguments have names'],
    [input("{ type: object, properties: [x] }"), '3:33: properties is ["x"]; allowed: object'],
    [
      input("{ type: object, properties: { a: { type: nope } } }"),
      '3:46: type is "nope"; allowed: array, boolean, integer, null, number, object, string or a list',
    ],
    [
      input("{ type: object, properties: { a: { type: [string, nope] } } }"),
      '3:55: item 2 of type is "nope"; allowed: array, boolean, integer, null, number, object, string',
    ],
    [input("{ type: object, required: a }"), '3:31: required is "a"; allowed: a list'],
    [input("{ type: object, required: [a, 1] }"), "3:35: item 2 of required is 1; allowed: string"],
    [input("{ type: object, properties: { a: 7 } }"), "3:38: a is 7; allowed: object or boolean"],
    [input("{ type: object, allOf: [] }"), "3:28: allOf is []; allowed: at least 1 in it"],
    [
      input("{ type: object, $schema: 'http://json-schema.org/draft-07/schema#' }"),
      '3:30: $schema is "http://json-schema.org/draft-07/schema#"; allowed: "https://json-schema.org/draft/2020-12/schema", or none',
    ],
    [
      input("{ type: object, properties: { a: { default: 1, type: string } } }"),
      '3:49: the default of argument "a" is 1; string is allowed',
    ],
    [output("x"), '3:5: outputSchema is "x"; allowed: an object'],
    [
      output("{ type: nope }"),
      '3:13: type is "nope"; allowed: array, boolean, integer, null, number, object, string or a list',
    ],
    [
      output("{ type: object, properties: { a: { minLength: x }, b: { enum: 3 } } }"),
      '3:51: minLength is "x"; allowed: integer',
      "3:67: enum is 3; allowed: a list",
    ],
  ],
  "references": [
    [
      input("{ type: object, properties: { a: { $ref: '#/$defs/x' } } }"),
      '3:46: $ref is "#/$defs/x", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      input("{ type: object, properties: { a: { $ref: '#x' } } }"),
      '3:46: $ref is "#x", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      input("{ type: object, properties: { a: { $ref: 'other.json' } } }"),
      '3:46: $ref is "other.json", which is another document; allowed: places in this schema, such as #/$defs/name',
    ],
    [
      input("{ type: object, properties: { a: { $ref: 'https://example.com/x.json#/a' } } }"),
      '3:46: $ref is "https://example.com/x.json#/a", which is another document; allowed: places in this schema, such as #/$defs/name',
    ],
    [
      output("{ items: { $dynamicRef: '#nowhere' } }"),
      '3:29: $dynamicRef is "#nowhere", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      output("{ $ref: '#/$defs/x', $defs: { y: {} } }"),
      '3:13: $ref is "#/$defs/x", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      output("{ $id: 'urn:x:y', $ref: '#/$defs/x' }"),
      '3:29: $ref is "#/$defs/x", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      output("{ properties: { a: { $id: one, $ref: '#/$defs/x' } } }"),
      '3:42: $ref is "#/$defs/x", which leads nowhere; allowed: places that are in this schema',
    ],
    [
      output("{ properties: { a: { $id: one }, b: { $id: one } } }"),
      '3:48: $id is "one", which is given twice; allowed: once',
    ],
    [
      input("{ type: object, $ref: '#' }"),
      '3:27: $ref is "#", which leads back here without an end; allowed: to itself by way of a property or an item',
    ],
    [
      output(
        "{ properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { not: { $ref: '#/properties/a' } } } }",
      ),
      '3:32: $ref is "#/$defs/b", which leads back here without an end; allowed: to itself by way of a property or an item',
      '3:76: $ref is "#/properties/a", which leads back here without an end; allowed: to itself by way of a property or an item',
    ],
    [
      output("{ $ref: 'gone#/x', $defs: { y: { $id: 'urn:x:y' } } }"),
      '3:13: $ref is "gone#/x", which is another document; allowed: places in this schema, such as #/$defs/name',
    ],
  ],
  "patterns": [
    [
      input("{ type: object, properties: { a: { pattern: '(' } } }"),
      '3:49: pattern is "(" (Unterminated group); allowed: a regular expression of ECMAScript',
    ],
    [
      input("{ type: object, properties: { a: { pattern: '^(?=.*x)a' } } }"),
      '3:49: pattern is "^(?=.*x)a" (invalid or unsupported Perl syntax: `(?=`); allowed: no lookaround, back reference or long repeat',
    ],
    [
      input("{ type: object, properties: { a: { pattern: '(a)\\1' } } }"),
      '3:49: pattern is "(a)\\\\1" (invalid escape sequence: `\\1`); allowed: no lookaround, back reference or long repeat',
    ],
    [
      output("{ patternProperties: { '[': {} } }"),
      '3:28: a name\'s pattern is "[" (Unterminated character class); allowed: a regular expression of ECMAScript',
    ],
    [output("{ pattern: 5 }"), "3:16: pattern is 5; allowed: string"],
  ],
};

for (const [kind, rows] of Object.entries(table)) {
  Deno.test({
    name: `[G1] tools: ${kind}, each with its place, what was got and what is allowed`,
    permissions: { env: YAML_ENV },
    fn: () => {
      for (const [text, ...problems] of rows) assert.deepEqual(problemsOf(text), problems, text);
    },
  });
}

Deno.test({
  name: "[G1] tools: schemas that may be used, though they look odd",
  permissions: { env: YAML_ENV },
  fn: () => {
    for (
      const text of [
        input("{ type: object, properties: { child: { $ref: '#' } } }"),
        output("{ anyOf: [{ items: { $ref: '#' } }, { $ref: '#/$defs/x' }], $defs: { x: {} } }"),
        input("{ type: object, properties: { a: { $ref: '#/$defs/x~1y' } }, $defs: { x/y: {} } }"),
        input("{ type: object, properties: { a: { $ref: '#x' } }, $defs: { y: { $anchor: x } } }"),
        input(
          "{ type: object, properties: { $ref: { type: string }, pattern: { type: string } } }",
        ),
        input("{ type: object, examples: [{ $ref: nowhere, pattern: '(' }] }"),
        output("{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: array }"),
        output("{ $ref: 'urn:x:y#/z', $defs: { y: { $id: 'urn:x:y', z: { type: string } } } }"),
        output("{ $ref: 'https://json-schema.org/draft/2020-12/schema' }"),
      ]
    ) assert.deepEqual(problemsOf(text), [], text);
  },
});
