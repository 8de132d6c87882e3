import assert from "node:assert/strict";
import type { Caller } from "../auth/access.ts";
import { News } from "./news.ts";
import { NoticeStreams } from "./notice_streams.ts";

function textOf(response: Response | undefined): ReadableStreamDefaultReader<string> {
  assert(response?.body);
  return response.body.pipeThrough(new TextDecoderStream()).getReader();
}

const caller: Caller = { scopes: new Set() };

const tell = (piece: string) => Promise.resolve(piece === "quiet" ? undefined : `${piece}\n\n`);

Deno.test("notice streams: a silent one is seen to be alive", { permissions: "none" }, async () => {
  const streams = new NoticeStreams(1);
  const text = textOf(streams.open(new News(), { caller, watchesTools: false, tell }));
  assert.equal((await text.read()).value, ": open\n\n");
  streams.toolsChanged();
  assert.equal((await text.read()).value, ": keep-alive\n\n");
  await text.cancel();
});

Deno.test("notice streams: a slow reader is told once of what came twice", {
  permissions: "none",
}, async () => {
  const streams = new NoticeStreams(60_000);
  const news = new News<string>();
  const text = textOf(
    streams.open(news, { opening: "hello\n\n", caller, watchesTools: true, tell }),
  );
  for (let count = 0; count < 9; count++) streams.toolsChanged();
  news.add("quiet");
  news.add("more");
  const read = [];
  for (let count = 0; count < 3; count++) read.push((await text.read()).value);
  assert.deepEqual(read, ["hello\n\n", "tools\n\n", "more\n\n"]);
  await text.cancel();
});

Deno.test("notice streams: the end of all, and of those that come later", {
  permissions: "none",
}, async () => {
  const streams = new NoticeStreams(60_000);
  let ended = 0;
  const open = () =>
    textOf(streams.open(new News(), {
      opening: "hello",
      caller,
      watchesTools: true,
      tell,
      closing: "bye",
      onEnd: () => ended++,
    }));
  const early = open();
  assert.equal((await early.read()).value, "hello");
  streams.close();
  const late = open();
  assert.equal((await late.read()).value, "hello");
  for (const text of [early, late]) {
    assert.equal((await text.read()).value, "bye");
    assert.equal((await text.read()).done, true);
  }
  assert.equal(ended, 2);
});

Deno.test("notice streams: one that fails is over", { permissions: "none" }, async () => {
  const streams = new NoticeStreams(60_000);
  const news = new News<string>();
  const text = textOf(streams.open(news, {
    caller,
    watchesTools: true,
    tell: () => Promise.reject(new Error("the store is away")),
  }));
  await text.read();
  news.add("a");
  await assert.rejects(text.read(), /away/);
});

Deno.test("notice streams: there is room for ten thousand", { permissions: "none" }, async () => {
  const streams = new NoticeStreams(60_000);
  const open = () => streams.open(new News(), { caller, watchesTools: true, tell });
  const responses = Array.from({ length: 10_000 }, open);
  assert.equal(open(), undefined);
  await responses[0]?.body?.cancel();
  responses[0] = open();
  for (const response of responses) {
    assert(response);
    await response.body?.cancel();
  }
});

Deno.test("notice streams: one caller takes no more than a thousand", {
  permissions: "none",
}, async () => {
  const streams = new NoticeStreams(60_000);
  const open = (name: string) =>
    streams.open(new News(), { caller: { ...caller, name }, watchesTools: true, tell });
  const responses = Array.from({ length: 1_000 }, () => open("greedy"));
  assert.equal(open("greedy"), undefined);
  responses.push(open("modest"));
  await responses[0]?.body?.cancel();
  responses[0] = open("greedy");
  for (const response of responses) {
    assert(response);
    await response.body?.cancel();
  }
});

Deno.test("notice streams: a reader that takes nothing gives its place to others", {
  permissions: "none",
}, async () => {
  const streams = new NoticeStreams(60_000, { stuckMs: 1 });
  const ended = Promise.withResolvers<void>();
  const response = streams.open(new News(), {
    opening: "hello",
    caller,
    watchesTools: true,
    tell,
    onEnd: ended.resolve,
  });
  const reader = response!.body!.getReader();
  assert.equal((await reader.read()).done, false);
  await ended.promise;
  assert.equal((await reader.read()).done, true);
});
