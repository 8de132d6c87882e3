import assert from "node:assert/strict";
import { parseArguments } from "./arguments.ts";
import { table } from "./table.ts";

const pure = { permissions: "none" } as const;

/** A line in words, as a shell without quotes would part it. */
function parse(line: string) {
  return parseArguments(line === "" ? [] : line.split(" "), table);
}

Deno.test("[U1] what each command line means", pure, async (t) => {
  const given = { url: undefined, json: false };
  const up = { file: undefined, only: [], json: false, transport: undefined };
  const cases: readonly (readonly [string, string, unknown])[] = [
    ["up", "up", up],
    ["up a/b.yaml", "up", { ...up, file: "a/b.yaml" }],
    ["up --only ocr,gateway --json", "up", { ...up, only: ["ocr", "gateway"], json: true }],
    ["up --only=ocr", "up", { ...up, only: ["ocr"] }],
    ["up --transport amqp://x", "up", { ...up, transport: "amqp://x" }],
    ["demo x.yaml --json", "demo", { file: "x.yaml", json: true, transport: undefined }],
    ["tools --json", "tools", { ...given, json: true }],
    ["help jobs ls", "help", { words: ["jobs", "ls"] }],
  ];
  for (const [line, name, values] of cases) {
    await t.step(line, () => {
      const parsed = parse(line);
      assert(parsed.kind === "run", JSON.stringify(parsed));
      assert.equal(parsed.name, name);
      assert.deepEqual(
        Object.fromEntries(Object.keys(Object(values)).map((key) => [key, parsed.values[key]])),
        values,
      );
    });
  }
  const args = parse("call t --arg a=1 --arg b=x=y --arg c= --url http://h");
  assert(args.kind === "run");
  assert.deepEqual(args.values.arg, [["a", "1"], ["b", "x=y"], ["c", ""]]);
  assert.equal(args.values.url, "http://h");
});

Deno.test("[U1] help and the version are there at every level", pure, () => {
  const helps: readonly (readonly [string, string])[] = [
    ["", ""],
    ["--help", ""],
    ["-h", ""],
    ["up --help", "up"],
    ["call t --arg wrong -h", "call"],
    ["up --onyl --help", "up"],
    ...table.groups.flatMap(({ name }) => [[name, name], [`${name} --help`, name]] as const),
    ...table.commands.map(({ name }) => [`${name} --help`, name] as const),
  ];
  for (const [line, name] of helps) assert.deepEqual(parse(line), { kind: "help", name }, line);
  assert.deepEqual(parse("--version"), { kind: "version" });
});

Deno.test("[U1] everything that is wrong with a command line is said", pure, async (t) => {
  const upOptions = "--only, --json, --transport, --help";
  const cases: readonly (readonly [string, ...string[]])[] = [
    ["upp", '"upp" is no command; did you mean up?'],
    ["up --onyl x", "--onyl is no option of up; did you mean --only?"],
    ["up --arg a=1", `--arg is no option of up; allowed: ${upOptions}`],
    ["up -x", `-x is no option of up; allowed: ${upOptions}`],
    ["up --only", "--only needs a value behind it: NAME,…"],
    [
      "up --only --json",
      "--only needs a value behind it; one like an option is written --only=--json",
    ],
    ["up --json=yes", "--json takes no value"],
    ["up --json= a b", "--json takes no value", '"b" is one argument too many'],
    ["up a amqp://me:s3cret@mq", '"amqp://me:***@mq" is one argument too many'],
    ["tools --url a --url b", "--url is given twice; once is allowed"],
    ["call", "TOOL is missing: its name; asya tools lists them"],
    [
      "call --arg a --url localhost:8080",
      "TOOL is missing: its name; asya tools lists them",
      '--arg is "a"; allowed: name=value',
      '--url is "localhost:8080"; allowed: a URL that begins with http: or https:',
    ],
    ["call t --arg a=1 --arg a=2", "--arg a=… is given twice"],
    ["call t --arg =a", '--arg is "=a"; allowed: name=value'],
  ];
  for (const [line, ...problems] of cases) {
    await t.step(line, () => {
      const parsed = parse(line);
      assert.deepEqual(parsed.kind === "wrong" ? parsed.problems : parsed, problems);
    });
  }
  const zebra = parse("zebra");
  assert.match(zebra.kind === "wrong" ? `${zebra.problems}` : "", /allowed: up, demo, .*, help$/);
});

Deno.test("examples are command lines that mean something", pure, () => {
  for (const { name, examples } of table.commands) {
    assert(examples.length > 0, `${name} has an example`);
    for (const { line } of examples) {
      const words = line.match(/(?:'[^']*'|[^ '])+/g)?.map((word) => word.replaceAll("'", "")) ??
        [];
      // What stands before `asya`, and behind a pipe, is the shell's.
      const start = words.indexOf("asya") + 1;
      const end = words.findIndex((word, at) => at > start && ["|", ">", "<", "&&"].includes(word));
      assert(start > 0, line);
      const parsed = parseArguments(words.slice(start, end < 0 ? undefined : end), table);
      assert.equal(parsed.kind, "run", `${line}: ${JSON.stringify(parsed)}`);
      assert.equal(parsed.kind === "run" && parsed.name, name, line);
    }
  }
});
