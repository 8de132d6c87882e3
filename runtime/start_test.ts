import assert from "node:assert/strict";
import { HostedHandler, type HostedOptions, messageFor } from "../tests/kit/hosted_handler.ts";

const fine = `export const predict = () => ({ ok: true }); export class Model { run() {} }`;

const refused: readonly {
  name: string;
  files?: Record<string, string>;
  options: HostedOptions;
  says: RegExp;
  code?: number;
}[] = [
  {
    name: "[R2] a file that is not there",
    options: { handler: "./handlr.ts" },
    says:
      /the handler "\.\/handlr\.ts" was looked for in \S+ and is not there; did you mean "\.\/handler\.ts"\?/,
  },
  {
    name: "[R2] an export that is not there",
    options: { handler: "./handler.ts#pedict" },
    says:
      /\.\/handler\.ts has no export "pedict"; did you mean "predict"\? It exports: Model \(a class\), predict/,
  },
  {
    name: "[R2] no default export",
    options: {},
    says:
      /\.\/handler\.ts has no default export\. It exports: Model \(a class\), predict \(a function\)/,
  },
  {
    name: "[R2] a class without a method",
    options: { handler: "./handler.ts#Model" },
    says: /say which of its methods to call: \.\/handler\.ts#Model\.run/,
  },
  {
    name: "[R1] a file outside of the working directory",
    files: { "out.ts": fine, "in/handler.ts": fine },
    options: { handler: "../out.ts#predict", folder: "in" },
    says: /is \S+\/out\.ts; allowed: a file in \S+\/in, the working directory, or below it/,
  },
  {
    name: "[R1] a data URL",
    options: { handler: "data:text/javascript,export default () => 1" },
    says: /comes from data:; allowed: file:, jsr:, npm:, https:/,
  },
  {
    name: "[R1] a package where only files may be",
    options: { handler: "npm:left-pad", env: { ASYA_HANDLER_SCHEMES: "file" } },
    says: /comes from npm:; allowed: file:/,
  },
  {
    name: "[R2] a module that cannot be parsed",
    files: { "handler.ts": "export default () => {" },
    options: {},
    says: /handler\.ts:1:\d+/,
    code: 1,
  },
  {
    name: "[R2] a module that imports what is not there",
    files: { "handler.ts": 'import "./nowhere.ts"; export default () => 1;' },
    options: {},
    says: /nowhere\.ts/,
    code: 1,
  },
  {
    name: "[R6] a class whose init fails",
    files: {
      "handler.ts":
        'export class M { init() { return Promise.reject(new Error("no weights")); } run() {} }',
    },
    options: { handler: "./handler.ts#M.run" },
    says: /the handler cannot be made ready.*\.\/handler\.ts#M\.run.*no weights/,
    code: 1,
  },
  {
    name: "[W8] answers that a list cannot carry",
    files: {
      "handler.ts":
        'import { defineHandler } from "@asya/runtime"; export default defineHandler({ answers: ["sends"], handle: () => null });',
    },
    options: { env: { ASYA_REPLY_FORMAT: "list" } },
    says: /answers sends, which replies in list form cannot carry/,
  },
  {
    name: "[C8] permissions that are none",
    options: { handler: "./handler.ts#predict", flags: ["--allow-all"] },
    says: /the argument "--allow-all" is not allowed; allowed: permissions of the handler/,
  },
  {
    name: "[C1] a socket's path that is too long",
    options: { env: { ASYA_SOCKET_PATH: `/tmp/${"x".repeat(120)}.sock` } },
    says: /ASYA_SOCKET_PATH is 130 bytes long/,
  },
  {
    name: "a socket's folder that is not there",
    options: {
      handler: "./handler.ts#predict",
      env: { ASYA_SOCKET_PATH: "/tmp/asya-none/a.sock" },
    },
    says: /ASYA_SOCKET_PATH is in \/tmp\/asya-none; allowed: a folder that is there/,
  },
];

for (const { name, files, options, says, code = 2 } of refused) {
  Deno.test(`${name} fails the start`, async () => {
    await using hosted = await HostedHandler.launch(files ?? { "handler.ts": fine }, options);
    const status = await hosted.process.ended();
    assert.match(hosted.process.output, says);
    assert.equal(status.code, code);
  });
}

Deno.test("[R1] a link inside the working directory is followed, one that leads out is not", async () => {
  await using hosted = await HostedHandler.launch(
    { "in/code/real.ts": `export default () => ({ ok: true });`, "out.ts": fine },
    { handler: "./link.ts", folder: "in" },
  );
  await hosted.process.ended();
  await Deno.symlink("code/real.ts", hosted.folder.at("in/link.ts"));
  hosted.process = await hosted.startAnother();
  await hosted.process.waitForLine("handler is ready");
  assert.equal((await hosted.process.stop()).code, 0);
  await Deno.remove(hosted.folder.at("in/link.ts"));
  await Deno.symlink("../out.ts", hosted.folder.at("in/link.ts"));
  hosted.process = await hosted.startAnother();
  assert.equal((await hosted.process.ended()).code, 2);
  assert.match(hosted.process.output, /working directory, or below it/);
});

Deno.test("a socket that somebody answers on is left alone", async () => {
  await using hosted = await HostedHandler.launch("export default () => ({});");
  using _listener = Deno.listen({ transport: "unix", path: hosted.folder.at("busy.sock") });
  const env = { ASYA_SOCKET_PATH: hosted.folder.at("busy.sock") };
  await using busy = await HostedHandler.launch("export default () => ({});", { env });
  assert.equal((await busy.process.ended()).code, 1);
  assert.match(busy.process.output, /another process answers on \S+busy\.sock/);
});

Deno.test("the socket has the mode that is set", async () => {
  for (const [text, mode] of [["600", 0o600], ["0o660", 0o660]] as const) {
    await using hosted = await HostedHandler.start("export default () => ({});", {
      env: { ASYA_SOCKET_CHMOD: text },
    });
    assert.equal((await Deno.stat(hosted.socketPath)).mode! & 0o777, mode);
  }
});

Deno.test("what a handler prints goes on, and disturbs nobody", async () => {
  await using hosted = await HostedHandler.start(`
    console.log("loaded");
    export default () => {
      Deno.stdout.writeSync(new Uint8Array([0, 0, 0, 2, 123, 125, 10]));
      console.log("printed");
      console.error("complained");
      return { ok: true };
    };
  `);
  await using session = await hosted.session();
  await session.call(1, messageFor({}));
  assert.equal((await session.reply(1)).reply.kind, "output");
  for (
    const [text, stream] of [["loaded", "stdout"], ["printed", "stdout"], ["complained", "stderr"]]
  ) {
    const line = await hosted.process.waitForLine((line) => line.text === text);
    assert.equal(line.stream, stream);
  }
});

Deno.test("[R6] a class is started before the first call, and closed at the end", async () => {
  await using hosted = await HostedHandler.start(
    `
    export class Model {
      constructor() { console.log("constructed"); }
      async init() { await 0; console.log("started"); }
      run() { console.log("called"); return {}; }
      close() { console.log("closed"); }
    }
  `,
    { handler: "./handler.ts#Model.run" },
  );
  await using session = await hosted.session();
  for (const call of [1, 2]) {
    await session.call(call, messageFor({}));
    await session.reply(call);
  }
  await hosted.process.stop();
  const printed = hosted.process.lines.filter(({ stream }) => stream === "stdout");
  assert.deepEqual(printed.map(({ text }) => text), [
    "constructed",
    "started",
    "called",
    "called",
    "closed",
  ]);
});
