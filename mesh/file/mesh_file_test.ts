import assert from "node:assert/strict";
import { parseMeshFile } from "./mesh_file.ts";
import { formatProblems } from "./yaml_reader.ts";

// the YAML library looks at these two for its own debugging
const pure: Pick<Deno.TestDefinition, "permissions"> = {
  permissions: { env: ["LOG_TOKENS", "LOG_STREAM"] },
};

/** A file with nothing wrong in it, and further lines. */
const file = (...lines: string[]) =>
  [
    "name: hello",
    "actors: [{ name: hello, handler: ./hello.ts }]",
    "tools: [{ name: say, route: [hello] }]",
    ...lines,
  ].join("\n");

function problemsOf(text: string): string {
  const parsed = parseMeshFile(text);
  return parsed.ok ? "" : formatProblems("m", parsed.problems);
}

Deno.test("[M1] a small file has a default for everything it leaves out", pure, () => {
  const parsed = parseMeshFile(file());
  assert(parsed.ok);
  const { toolsText, ...mesh } = parsed.mesh;
  assert.deepEqual(mesh, {
    name: "hello",
    actors: [{
      name: "hello",
      handler: "./hello.ts",
      isJoin: false,
      permissions: {},
      concurrency: 1,
      prefetch: 1,
      timeoutMs: 300_000,
      replicas: 1,
      env: {},
    }],
    tools: [{ name: "say", description: "", steps: ["hello"], example: {} }],
    transportUrl: "sqlite:.asya/queues.db",
    stepsElsewhere: [],
    storeUrl: "sqlite:.asya/jobs.db",
    results: ".asya/results",
  });
  assert.equal(toolsText.trim(), "tools: [{ name: say, route: [hello] }]");
});

Deno.test("[M1] a large file is read whole", pure, () => {
  const parsed = parseMeshFile(`
name: documents
actors:
  - name: ocr
    handler: ./ocr.ts#Ocr.handle
    permissions: { read: [./samples, "npm:core"], net: [example.com:443] }
    concurrency: 2
    timeout: 2m
    replicas: 3
    allowedSteps: [gather]
    env: { LANGUAGE: eng, PAGES: 10 }
    metrics: { pages_total: { type: counter, help: pages, labels: [kind] } }
  - { name: gather, join: { quorum: 2, timeout: 90s }, prefetch: 50 }
routes: { read: [ocr, { join: gather, of: ocr }] }
tools:
  - name: read
    description: Reads
    route: read
    timeout: 300
transport: { url: "amqp://guest:guest@localhost:5672/" }
store: { url: "memory:" }
results: out
ports: { gateway: 9000 }
allowedSteps: [ocr, gather, elsewhere]
maxHops: 32
demo: { tool: read, arguments: { pages: [a.png], deep: { x: 1 } } }
`);
  assert(parsed.ok);
  const { mesh } = parsed;
  assert.deepEqual(mesh.actors, [{
    name: "ocr",
    handler: "./ocr.ts#Ocr.handle",
    isJoin: false,
    permissions: { read: ["./samples", "npm:core"], net: ["example.com:443"] },
    concurrency: 2,
    prefetch: 2,
    timeoutMs: 120_000,
    replicas: 3,
    env: { LANGUAGE: "eng", PAGES: "10" },
    metrics: [{ name: "pages_total", type: "counter", help: "pages", labels: ["kind"] }],
    allowedSteps: ["gather"],
  }, {
    name: "gather",
    isJoin: true,
    join: { quorum: 2, timeoutMs: 90_000 },
    permissions: {},
    concurrency: 1,
    prefetch: 50,
    timeoutMs: 300_000,
    replicas: 1,
    env: {},
  }]);
  assert.deepEqual(mesh.tools, [{
    name: "read",
    description: "Reads",
    steps: ["ocr", "gather"],
    example: {},
  }]);
  assert.deepEqual(mesh.demo, { tool: "read", arguments: { pages: ["a.png"], deep: { x: 1 } } });
  assert.equal(mesh.gatewayPort, 9_000);
  assert.deepEqual(mesh.allowedSteps, ["ocr", "gather", "elsewhere"]);
  assert.equal(mesh.maxHops, 32);
  assert.equal(mesh.results, "out");
});

Deno.test("[M5] everything that can be wrong in a file, and where", pure, async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "m:1:1: the file is empty; a mapping is allowed"],
    ["- a", "m:1:1: the file is a list; a mapping is allowed"],
    [
      "x: 1",
      "m:1:1: x is not known; allowed: name, actors, tools, routes, defaults, transport, " +
      "store, results, ports, allowedSteps, maxHops, demo\nm:1:1: name is missing\nm:1:1: actors is missing\n" +
      "m:1:1: tools is missing",
    ],
    [
      "{ name: a }",
      "m:1:1: the file is written in braces; one key a line is allowed\n" +
      "m:1:1: actors is missing\nm:1:1: tools is missing",
    ],
    [
      file("allowedSteps: [hello, helo]"),
      'm:4:23: allowedSteps[1] is "helo", no actor of this mesh; did you mean hello?',
    ],
    [
      file("allowedSteps: []"),
      "m:4:15: allowedSteps has 0 items; 1 or more are allowed",
    ],
    [file("actor: []"), "m:4:1: actor is not known; did you mean actors?"],
    [
      file("zebra: []"),
      "m:4:1: zebra is not known; allowed: name, actors, tools, routes, defaults, transport, " +
      "store, results, ports, allowedSteps, maxHops, demo",
    ],
    [file("name: again"), "m:4:1: Map keys must be unique"],
    [
      file("transport: { url: kafka://x }"),
      'm:4:19: transport.url is "kafka://x"; ' +
      "a URL that begins with sqlite: or amqp: or amqps: is allowed",
    ],
    [
      file("store: {}"),
      "m:4:8: store.url is missing; a URL that begins with " +
      "sqlite: or memory: or postgres: or postgresql: is allowed",
    ],
    [
      file('store: { url: "mysql://me:s3cret@db/asya" }'),
      'm:4:15: store.url is "mysql://me:***@db/asya"; ' +
      "a URL that begins with sqlite: or memory: or postgres: or postgresql: is allowed",
    ],
    [
      file('transport: { url: "amqq://me:s3/c@ret@mq" }'),
      'm:4:19: transport.url is "amqq://me:***@mq"; ' +
      "a URL that begins with sqlite: or amqp: or amqps: is allowed",
    ],
    [
      file("ports: { gateway: 99999 }"),
      "m:4:19: ports.gateway is 99999; " +
      "a whole number from 1 to 65535 is allowed",
    ],
    [file("ports: { gatewy: 80 }"), "m:4:10: ports.gatewy is not known; did you mean gateway?"],
    [
      file("results:"),
      "m:4:9: results is empty; " +
      "the path of a folder, s3://bucket or s3://bucket/folder/ is allowed",
    ],
    [
      file('results: "s3://me:s3cret@Papers/x"'),
      'm:4:10: results is "s3://me:***@Papers/x"; ' +
      "the path of a folder, s3://bucket or s3://bucket/folder/ is allowed",
    ],
    [
      file("results: s3://papers/a/../b/"),
      'm:4:10: results is "s3://papers/a/../b/"; ' +
      "the path of a folder, s3://bucket or s3://bucket/folder/ is allowed",
    ],
    [file("demo: { tool: sya }"), 'm:4:15: demo.tool is "sya"; one of the tools (say) is allowed'],
    [file("demo: {}"), "m:4:7: demo.tool is missing"],
    [
      file("demo: { tool: say, arguments: [] }"),
      "m:4:31: demo.arguments is a list; " +
      "a mapping is allowed",
    ],
    [
      "name: {",
      "m:1:8: Flow map in block collection must be sufficiently indented and end with a }",
    ],
  ];
  for (const [text, expected] of cases) {
    await t.step(expected, () => {
      assert.equal(
        problemsOf(text).split("\n").slice(0, expected.split("\n").length).join("\n"),
        expected,
      );
    });
  }
});

Deno.test("[M5] everything that can be wrong with an actor", pure, async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ["[]", "9: actors has 0 items; 1 or more are allowed"],
    ["{}", "9: actors is a mapping; a list is allowed"],
    ["[7]", "10: actors[0] is 7; a mapping is allowed"],
    ["[{ handler: x }]", "10: actors[0].name is missing"],
    [
      "[{ name: a_b, handler: x }]",
      '18: actors[0].name is "a_b"; a name of lower-case letters, digits and -, at most 63, ' +
      "(and not gateway, mesh, happy-end, error-end, dead-letter-queue) is allowed",
    ],
    [
      "[{ name: a }]",
      "10: actors[0] has no handler; handler: ./file.ts or join: true is allowed",
    ],
    [
      "[{ name: a, handler: x, join: true }]",
      "30: actors[0] is a join, which has a handler already",
    ],
    [
      "[{ name: a, handler: x, conc: 1 }]",
      "33: actors[0].conc is not known; allowed: name, " +
      "handler, join, permissions, concurrency, prefetch, timeout, replicas, env, metrics, retry, " +
      "allowedSteps",
    ],
    [
      "[{ name: a, handler: x, concurency: 1 }]",
      "33: actors[0].concurency is not known; " +
      "did you mean concurrency?",
    ],
    [
      "[{ name: a, handler: x, concurrency: 0 }]",
      "46: actors[0].concurrency is 0; " +
      "a whole number from 1 to 1024 is allowed",
    ],
    [
      "[{ name: a, handler: x, timeout: soon }]",
      '42: actors[0].timeout is "soon"; ' +
      "a duration such as 90s, 5m or 1h30m is allowed",
    ],
    [
      "[{ name: a, handler: x, timeout: 0 }]",
      "42: actors[0].timeout is 0; " +
      "a duration such as 90s, 5m or 1h30m is allowed",
    ],
    [
      "[{ name: a, handler: x, replicas: two }]",
      '43: actors[0].replicas is "two"; ' +
      "a whole number from 1 to 64 is allowed",
    ],
    [
      "[{ name: a, handler: x, join: maybe }]",
      '39: actors[0].join is "maybe"; ' +
      "true or false is allowed",
    ],
    [
      "[{ name: a, handler: x }, { name: a, handler: y }]",
      "35: actors[1] is called a, " +
      "as is actors[0]",
    ],
    [
      "[{ name: a, handler: x, permissions: { nett: [] } }]",
      "48: actors[0].permissions.nett " +
      "is not known; did you mean net?",
    ],
    [
      "[{ name: a, handler: x, permissions: { net: all } }]",
      "53: actors[0].permissions.net " +
      'is "all"; a list is allowed',
    ],
    [
      '[{ name: a, handler: x, permissions: { net: ["a,b"] } }]',
      "54: " +
      'actors[0].permissions.net[0] is "a,b"; a text without spaces and commas is allowed',
    ],
    [
      "[{ name: a, handler: x, retry: { base: soon } }]",
      '48: actors[0].retry.base is "soon"; ' +
      "seconds from 0 to 31536000, or a duration such as 250ms, 5m or 1h30m is allowed",
    ],
    [
      "[{ name: a, handler: x, retry: { codes: [oom_error, timeout_eror] } }]",
      '61: actors[0].retry.codes[1] is "timeout_eror"; timeout_error is allowed',
    ],
    ["[{ name: a, handler: x, retry: 3 }]", "40: actors[0].retry is 3; a mapping is allowed"],
    [
      "[{ name: a, handler: x, retry: { tries: 3 } }]",
      "42: actors[0].retry.tries is not known; " +
      "allowed: attempts, base, factor, max, jitter, codes",
    ],
    [
      "[{ name: a, handler: x, env: { A: [1] } }]",
      "43: actors[0].env.A is a list; " +
      "a text is allowed",
    ],
    [
      "[{ name: a, handler: x, env: { A-B: x } }]",
      "45: actors[0].env.A-B names no variable; " +
      "letters, digits and _ are allowed",
    ],
    [
      "[{ name: a, handler: x, env: { ASYA_HANDLER: y } }]",
      "54: actors[0].env.ASYA_HANDLER " +
      "is set by handler, not here",
    ],
  ];
  for (const [actors, expected] of cases) {
    await t.step(expected, () => {
      const text = `name: m\ntransport: { url: amqp://x }\ntools: [{ name: t, route: [a] }]\n` +
        `actors: ${actors}`;
      assert.equal(problemsOf(text), `m:4:${expected}`);
    });
  }
});

Deno.test("[M5] everything that can be wrong with a route", pure, async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ["[]", "tools has 0 items; 1 or more are allowed"],
    ["[{ route: [ocr] }]", "tools[0].name is missing"],
    ["[{ name: t }]", "tools[0].route is missing"],
    [
      "[{ name: t, route: [orc] }]",
      'tools[0].route[0] is "orc", no actor of this mesh; did you mean ocr?',
    ],
    [
      "[{ name: t, route: [elsewhere] }]",
      'tools[0].route[0] is "elsewhere", no actor of this mesh; allowed: ocr, classify',
    ],
    [
      "[{ name: t, route: [ocr], retry: { orc: {} } }]",
      "tools[0].retry.orc is no actor of this mesh; did you mean ocr?",
    ],
    ["[{ name: t, route: fast }]", 'tools[0].route is "fast"; one of routes (slow) is allowed'],
    ["[{ name: t, route: 7 }]", "tools[0].route is 7; a list is allowed"],
  ];
  for (const [tools, expected] of cases) {
    await t.step(expected, () => {
      const text = [
        "name: m",
        "actors: [{ name: ocr, handler: x }, { name: classify, handler: y }]",
        "routes: { slow: [ocr, classify] }",
        `tools: ${tools}`,
      ].join("\n");
      assert.equal(problemsOf(text).replace(/^m:4:\d+: /, ""), expected);
    });
  }
});

Deno.test("a broker's queues may be served elsewhere", pure, () => {
  const text = file("transport: { url: amqp://localhost }").replace("[hello]", "[hello, far]");
  const parsed = parseMeshFile(text);
  assert.deepEqual(parsed.ok && parsed.mesh.stepsElsewhere, ["far"]);
});

Deno.test(
  "whether a step may be served elsewhere follows from where messages really are",
  pure,
  () => {
    const local = file().replace("[hello]", "[far]");
    assert.match(problemsOf(local), /no actor of this mesh/);
    const moved = parseMeshFile(local, "rabbitmq");
    assert.deepEqual(moved.ok && moved.mesh.stepsElsewhere, ["far"]);
    const kept = parseMeshFile(`${local}\ntransport: { url: amqp://mq }`, "sqlite:q.db");
    assert.equal(kept.ok, false);
  },
);

Deno.test("[M5] all problems are told at once, in the order of the file", pure, () => {
  assert.equal(
    problemsOf("nmae: x\nactors: [{ name: a }]\ntools: [{ name: t, route: [b] }]\nresults: []"),
    [
      "m:1:1: nmae is not known; did you mean name?",
      "m:1:1: name is missing",
      "m:2:10: actors[0] has no handler; handler: ./file.ts or join: true is allowed",
      'm:3:28: tools[0].route[0] is "b", no actor of this mesh; allowed: a',
      "m:4:10: results is a list; the path of a folder, s3://bucket or s3://bucket/folder/ is allowed",
    ].join("\n"),
  );
});

Deno.test("what the gateway reads stands where it stood, and joins are named so", pure, () => {
  const parsed = parseMeshFile(
    [
      "name: e # tools",
      "actors:",
      "  - { name: a, handler: a.ts }",
      "  - { name: j, join: true }",
      "routes: { r: [a, j, a] }",
      "tools:",
      "  - name: t # one",
      "    route: [a]",
      "  - name: u",
      "    route:",
      "      - a",
      "      - 'j' # gathers",
      "      - { join: j, of: a }",
      "results: out",
      "defaults: { timeout: 5 }",
    ].join("\n"),
  );
  assert(parsed.ok);
  assert.deepEqual(parsed.mesh.toolsText.split("\n").map((line) => line.trimEnd()), [
    "",
    "",
    "",
    "",
    "routes: { r: [a, {join: j}, a] }",
    "tools:",
    "  - name: t # one",
    "    route: [a]",
    "  - name: u",
    "    route:",
    "      - a",
    "      - {join: j} # gathers",
    "      - { join: j, of: a }",
    "",
    "defaults: { timeout: 5 }",
  ]);
});

Deno.test("[D21] how actors try again stands behind all, where the gateway reads it", pure, () => {
  const parsed = parseMeshFile([
    "name: e",
    "actors:",
    "  - { name: a, handler: a.ts, retry: { attempts: 6, base: 500ms, codes: [timeout_error] } }",
    "  - { name: b, handler: b.ts }",
    "tools: [{ name: t, route: [a, b], retry: { b: { attempts: 1 } } }]",
    "# the end",
  ].join("\n"));
  assert(parsed.ok);
  assert.deepEqual(parsed.mesh.toolsText.trim().split(/\s*\n/), [
    "tools: [{ name: t, route: [a, b], retry: { b: { attempts: 1 } } }]",
    'retry: {"a":{"attempts":6,"base":0.5,"codes":["timeout_error"]}}',
  ]);
});
