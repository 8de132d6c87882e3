import assert from "node:assert/strict";
import {
  freePort,
  GatewayClient,
  makeTempFolder,
  type RawAnswer,
  type RunningProcess,
  type SendOptions,
  sendRaw,
  startProgram,
  type TempFolder,
} from "../kit/mod.ts";

const TOOLS = `tools:
  - { name: scan, route: [a, b], inputSchema: { type: object, additionalProperties: true } }`;

/** A gateway's process, and a job in it. */
class Gateway implements AsyncDisposable {
  private constructor(
    readonly process: RunningProcess,
    readonly port: number,
    readonly id: string,
    private readonly folder: TempFolder,
  ) {}

  static async start(): Promise<Gateway> {
    const folder = await makeTempFolder();
    const port = freePort();
    const process = await startProgram("gateway", {
      cwd: folder.path,
      env: {
        ASYA_GATEWAY_PORT: String(port),
        ASYA_DATABASE_URL: `sqlite:${folder.at("jobs.db")}`,
        ASYA_SQLITE_PATH: folder.at("queues.db"),
        ASYA_CONFIG_PATH: await folder.write("tools.yaml", TOOLS),
        ASYA_MAX_BODY_BYTES: "4KiB",
      },
    });
    await process.waitForLine("listening");
    const id = await new GatewayClient(`http://127.0.0.1:${port}`).call("scan", {});
    return new Gateway(process, port, id, folder);
  }

  /** Sends a request written out by hand: `GET /jobs`, header lines, and what follows them. */
  async ask(
    line: string,
    headers: readonly string[] = [],
    body = "",
    options: SendOptions = {},
  ): Promise<RawAnswer | "closed"> {
    const target = line.replaceAll("ID", this.id);
    const head = [`${target} HTTP/1.1`, `Host: 127.0.0.1:${this.port}`, "Connection: close"];
    const text = `${[...head, ...headers].join("\r\n")}\r\n\r\n${body}`;
    const isHead = line.startsWith("HEAD");
    return await sendRaw(this.port, new TextEncoder().encode(text), { isHead, ...options });
  }

  /** The same with a body of its declared length. */
  async post(path: string, body: string, headers: readonly string[] = [JSON_TYPE]) {
    const { length } = new TextEncoder().encode(body);
    return await this.ask(`POST ${path}`, [...headers, `Content-Length: ${length}`], body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

const JSON_TYPE = "Content-Type: application/json";

function statusOf(answer: RawAnswer | "closed"): number {
  return answer === "closed" ? 0 : answer.status;
}

function expect(answer: RawAnswer | "closed", status: number, error: RegExp | undefined): void {
  assert(answer !== "closed");
  assert.equal(answer.status, status, answer.text);
  if (error) assert.match(JSON.parse(answer.text).error, error);
}

Deno.test("[G13] REST: paths, methods and queries, to the letter", async () => {
  await using gateway = await Gateway.start();
  const rows: [string, number, RegExp?][] = [
    ["PUT /jobs", 405, /^the method is PUT; GET, HEAD, OPTIONS are allowed$/],
    ["DELETE /jobs/ID", 405, /DELETE/],
    ["GET /tools/call", 405, /^the method is GET; POST, OPTIONS are allowed$/],
    ["BREW /health", 405, /BREW/],
    ["TRACE /progress", 405, /TRACE/],
    ["OPTIONS /jobs/ID", 204],
    ["HEAD /tools/call", 405],
    ["HEAD /jobs", 200],
    ["HEAD /jobs/ID/stream", 200],
    ["HEAD /jobs/none", 404],
    ["GET /jobs/", 404, /^there is nothing at "\/jobs\/"; .* is allowed$/],
    ["GET //jobs", 404, /nothing/],
    ["GET /jobs//stream", 404, /nothing/],
    ["GET /JOBS", 404, /nothing/],
    ["GET /jobs/ID/stream/", 404, /nothing/],
    ["GET /jobs/../jobs", 404, /nothing/],
    ["GET /jobs/%00", 404, /^there is no job "\\u0000"/],
    ["GET /jobs/%ff%zz", 404, /no job "%ff%zz"/],
    ["GET /jobs/%ed%a0%80", 404, /no job/],
    ["GET /jobs/a%2fb", 404, /no job "a\/b"/],
    [`GET /jobs/${"a".repeat(8_192)}`, 404, /^there is no job "a{99}…;/],
    [`GET /${"a".repeat(8_192)}`, 404, /^there is nothing at ".{99}…;/],
    [`GET /jobs/${"a".repeat(8_192)}/active`, 410],
    ["GET /jobs/%00/active", 410],
    ["GET /jobs?limit=2&limit=3", 400, /^limit is given 2 times; once is allowed$/],
    [
      "GET /jobs?state=Failed",
      400,
      /^state is unknown; status, tool, q, limit, cursor is allowed$/,
    ],
    ["GET /jobs?__proto__=1", 400, /__proto__ is unknown/],
    ["GET /jobs?status=failed", 400, /^status is "failed"; Pending, .* or Unknown is allowed$/],
    ["GET /jobs?limit=0", 400, /^limit is 0; a whole number from 1 to 500 is allowed$/],
    ["GET /jobs?limit=501", 400, /501/],
    ["GET /jobs?limit=1e2", 400, /"1e2"/],
    ["GET /jobs?limit=%2b1", 400, /"\+1"/],
    ["GET /jobs?limit=007", 400, /"007"/],
    ["GET /jobs?limit=", 400, /limit is ""/],
    ["GET /jobs?limit=99999999999999999999", 400, /limit/],
    ["GET /jobs?cursor=-1", 400, /^cursor is "-1"; the next_cursor of an earlier answer/],
    ["GET /jobs?cursor=1;drop", 400, /cursor/],
    ["GET /jobs?cursor=999999999999999", 200],
    ["GET /jobs?cursor=0", 200],
    ["GET /jobs?tool=%00", 200],
    ["GET /jobs?tool=%ed%a0%80", 200],
    ["GET /jobs?", 200],
    ["GET /openapi.json", 200],
    ["POST /openapi.json", 405, /POST/],
  ];
  for (const [line, status, error] of rows) {
    const answer = await gateway.ask(line);
    assert.equal(statusOf(answer), status, line);
    expect(answer, status, error);
  }
  const encoded = Array.from(gateway.id, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  expect(await gateway.ask(`GET /jobs/${encoded.join("")}`), 200, undefined);
});

Deno.test("[G13] REST: HEAD says of every path what GET says, without the body", async () => {
  await using gateway = await Gateway.start();
  for (const path of ["/jobs", "/jobs/ID", "/jobs/none", "/tools", "/livez", "/openapi.json"]) {
    const [get, head] = [await gateway.ask(`GET ${path}`), await gateway.ask(`HEAD ${path}`)];
    assert(get !== "closed" && head !== "closed");
    assert.deepEqual([head.status, head.text], [get.status, ""], path);
    for (const name of ["content-type", "content-length", "etag", "cache-control"]) {
      assert.equal(head.headers.get(name), get.headers.get(name), `${path}: ${name}`);
    }
  }
});

Deno.test("[G13] REST: the document is kept by readers, and asked for again by its tag", async () => {
  await using gateway = await Gateway.start();
  const first = await gateway.ask("GET /openapi.json");
  assert(first !== "closed");
  assert.match(first.headers.get("cache-control") ?? "", /max-age=\d+/);
  const etag = first.headers.get("etag") ?? "";
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await gateway.ask("GET /openapi.json", [`If-None-Match: ${tag}`]);
    assert(again !== "closed");
    assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", etag], tag);
  }
  expect(await gateway.ask("GET /openapi.json", ['If-None-Match: "x"']), 200, undefined);
});

Deno.test("[G13] REST: bodies of every kind are read, or refused for what they are", async () => {
  await using gateway = await Gateway.start();
  const args = (value: string) => `{"name":"scan","arguments":${value}}`;
  const call = args("{}");
  const typed: [string, number, RegExp?][] = [
    ["application/json", 200],
    ["application/json; charset=UTF-8", 200],
    ['Application/JSON ; charset="utf-8"', 200],
    ["application/vnd.x+json", 200],
    ["text/plain;charset=UTF-8", 200],
    ["application/json; charset=latin1", 415, /^the charset is "latin1"; utf-8 is allowed$/],
    ["application/json; charset=utf-16", 415, /utf-16/],
    [
      "application/x-www-form-urlencoded",
      415,
      /^Content-Type is .*; application\/json is allowed$/,
    ],
    ["multipart/form-data; boundary=x", 415, /multipart/],
    ["application/xml", 415, /xml/],
    ["application/jsonp", 415, /jsonp/],
    ["text/html", 415, /html/],
  ];
  for (const [type, status, error] of typed) {
    const answer = await gateway.post("/tools/call", call, [`Content-Type: ${type}`]);
    expect(answer, status, error);
  }
  expect(await gateway.post("/tools/call", call, []), 200, undefined);
  const packed = await gateway.post("/tools/call", call, [JSON_TYPE, "Content-Encoding: gzip"]);
  expect(packed, 415, /^Content-Encoding is "gzip"; a body as it is, without one, is allowed$/);

  const bodies: [string, number, RegExp?][] = [
    ["", 400, /^the body is empty; JSON is allowed$/],
    [`\ufeff${call}`, 400, /not JSON/],
    [`${call}x`, 400, /not JSON/],
    ["nul", 400, /not JSON/],
    ["[]", 400, /^the body is array; an object is allowed$/],
    ["null", 400, /^the body is null/],
    ['{"arguments":{}}', 400, /^name is nothing; a tool's name/],
    ['{"name":""}', 400, /^name is ""/],
    [`{"name":"${"a".repeat(129)}"}`, 400, /^name is "a{79}; a tool's name, up to 128 characters,/],
    ['{"name":"none"}', 404, /no tool named "none"/],
    ['{"name":"__proto__"}', 404, /no tool/],
    ['{"name":"\\u0000"}', 404, /no tool/],
    ['{"name":"scan","arguments":null}', 400, /^arguments is null; an object is allowed$/],
    ['{"name":"none","name":"scan"}', 200],
    [args('{"__proto__":{"a":1},"constructor":1}'), 200],
    [args('{"a":"\\ud800","\\udc00":"\\u0000"}'), 200],
    [args('{"a":1e999}'), 400, /a number is over 1.8e308/],
    [args(`{"a":${"9".repeat(309)}}`), 400, /a number is over/],
    [args('{"a":1e308}'), 200],
    [args(`{"a":${"[".repeat(996)}${"]".repeat(996)}}`), 200],
    [args(`{"a":${"[".repeat(999)}${"]".repeat(999)}}`), 400, /deeper than 1000 levels/],
    [args(`{"a":"${"a".repeat(4_096)}"}`), 413, /^the body is over 4096 bytes; 4096 are allowed$/],
  ];
  for (const [body, status, error] of bodies) {
    const answer = await gateway.post("/tools/call", body);
    assert.equal(statusOf(answer), status, body.slice(0, 80));
    expect(answer, status, error);
  }
  const [kept] = await new GatewayClient(`http://127.0.0.1:${gateway.port}`).jobs();
  assert.equal(kept?.status, "Pending");
});

Deno.test("[G13] REST: bodies come in pieces, announced, broken off, or not at all", async () => {
  await using gateway = await Gateway.start();
  const call = '{"name":"scan"}';
  const chunked = [JSON_TYPE, "Transfer-Encoding: chunked"];
  const rows: [readonly string[], string, number, RegExp?][] = [
    [chunked, `7\r\n${call.slice(0, 7)}\r\n8\r\n${call.slice(7)}\r\n0\r\n\r\n`, 200],
    [chunked, `1001\r\n${" ".repeat(4_097)}\r\n0\r\n\r\n`, 413, /over 4096/],
    [chunked, `ff\r\n${call}`, 400, /^the body broke off; all of what was announced is allowed$/],
    [[JSON_TYPE, "Content-Length: 100"], call, 400, /^the body broke off/],
    [[JSON_TYPE, "Content-Length: 10000000000"], call, 413, /over 4096/],
    [[JSON_TYPE, "Expect: 100-continue", `Content-Length: ${call.length}`], call, 200],
    [["Content-Length: 0"], "", 400, /empty/],
    [[], "", 400, /empty/],
  ];
  for (const [headers, body, status, error] of rows) {
    const isCutOff = error?.source.includes("broke off") ?? false;
    const answer = await gateway.ask("POST /tools/call", headers, body, { isCutOff });
    assert.equal(statusOf(answer), status, `${headers} ${body.slice(0, 40)}`);
    expect(answer, status, error);
  }
  const unclear = [
    [...chunked, "Content-Length: 15"],
    ["Content-Length: 3", "Content-Length: 15"],
    ["Content-Length: -1"],
  ];
  for (const headers of unclear) {
    assert.equal(statusOf(await gateway.ask("POST /tools/call", headers, call)), 400);
  }
  expect(await gateway.ask("POST /jobs/ID/retry", ["Content-Length: 0"]), 200, undefined);
  assert.equal(gateway.process.lines.some(({ fields }) => fields.level === "ERROR"), false);
});

Deno.test("[G13] REST: a report is read whatever it is declared as", async () => {
  await using gateway = await Gateway.start();
  const report = { step: "a", step_index: 0, total_steps: 2, status: "received", more: 1 };
  for (const type of ["application/x-www-form-urlencoded", "text/plain", "x"]) {
    const headers = [`Content-Type: ${type}`];
    const answer = await gateway.post("/jobs/ID/progress", JSON.stringify(report), headers);
    expect(answer, 200, undefined);
  }
  const updates = [{ ...report, job_id: "\u0000\ud800" }, { ...report, job_id: gateway.id }];
  expect(await gateway.post("/progress", JSON.stringify({ updates })), 200, undefined);
  const other = await gateway.post("/jobs/ID/final", '{"status":"succeeded","job_id":"x"}');
  expect(other, 400, /^job_id is "x"; that of the path is allowed$/);
});

Deno.test("[G5] REST: a stream begins at the start after what is no event of it", async () => {
  await using gateway = await Gateway.start();
  await gateway.post("/jobs/ID/final", '{"status":"failed","error":"out of ink"}');
  for (const id of ["-1", "1.5", "99999999999999999999", "\x80", "abc", "7", "1, 1"]) {
    const answer = await gateway.ask("GET /jobs/ID/stream", [`Last-Event-ID: ${id}`]);
    assert(answer !== "closed");
    assert.match(answer.text, /^event: status\ndata: Failed\n\n(id: 1\n.*out of ink|$)/s, id);
  }
});
