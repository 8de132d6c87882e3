import assert from "node:assert/strict";
import { HostedHandler, messageFor } from "../tests/kit/hosted_handler.ts";

/** Every form of a handler answers the payload doubled. */
const forms: readonly { name: string; source: string; handler?: string }[] = [
  {
    name: "a default function",
    source: `export default (msg) => ({ n: msg.payload.n * 2 });`,
  },
  {
    name: "a named function",
    source: `export const double = (msg) => ({ n: msg.payload.n * 2 });`,
    handler: "./handler.ts#double",
  },
  {
    name: "an asynchronous function",
    source: `export default async (msg) => { await 0; return { n: msg.payload.n * 2 }; };`,
  },
  {
    name: "a generator",
    source: `export default function* (msg) { yield 1; return { n: msg.payload.n * 2 }; }`,
  },
  {
    name: "an asynchronous generator",
    source: `export default async function* (msg) { yield 1; return { n: msg.payload.n * 2 }; }`,
  },
  {
    name: "a method of a class with init",
    source: `export class Model {
      async init() { this.factor = await Promise.resolve(2); }
      predict(msg) { return { n: msg.payload.n * this.factor }; }
    }`,
    handler: "./handler.ts#Model.predict",
  },
  {
    name: "a method of a default class",
    source: `export default class { run = (msg) => ({ n: msg.payload.n * 2 }); }`,
    handler: "./handler.ts#default.run",
  },
  {
    name: "a method of an object",
    source:
      `export const model = { factor: 2, run(msg) { return { n: msg.payload.n * this.factor }; } };`,
    handler: "./handler.ts#model.run",
  },
  {
    name: "a defined handler with a schema, in TypeScript",
    source: `import { defineHandler } from "@asya/runtime";
      const input = { "~standard": { version: 1 as const, vendor: "test", validate: async (value: unknown) =>
        ({ value: { twice: (value as { n: number }).n * 2 } }) } };
      export default defineHandler({ input, handle: (msg) => ({ n: msg.payload.twice }) });`,
  },
];

for (const { name, source, handler } of forms) {
  Deno.test(`[R5] ${name} is called`, async () => {
    await using hosted = await HostedHandler.start(source, { ...(handler && { handler }) });
    await using session = await hosted.session();
    await session.call(1, messageFor({ n: 21 }));
    assert.deepEqual((await session.reply(1)).reply, {
      kind: "output",
      output: { payload: { n: 42 } },
    });
  });
}
