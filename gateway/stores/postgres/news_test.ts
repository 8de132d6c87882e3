import assert from "node:assert/strict";
import { GONE, News } from "./news.ts";

const pure = { permissions: "none" } as const;

function watched(...ids: string[]) {
  const news = new News();
  const told: string[] = [];
  const unwatch = ids.map((id) => news.watch(id, () => told.push(id)));
  return { news, told, unwatch };
}

Deno.test("news of an update is told once, whoever brings it", pure, () => {
  const { news, told } = watched("a", "b");
  news.tell("a", 1);
  news.read("a 1");
  news.read("a 1\nb 7\nc 1");
  assert.deepEqual(told, ["a", "b"]);
  news.tell("a", 2);
  news.tell("a", GONE);
  news.read("a -");
  assert.deepEqual(told, ["a", "b", "a", "a"]);
});

Deno.test("an id may hold spaces", pure, () => {
  const { news, told } = watched("a job");
  news.read("a job 3");
  assert.deepEqual(told, ["a job"]);
});

Deno.test("after a gap everybody is told, and whoever left is not", pure, () => {
  const { news, told, unwatch } = watched("a", "a", "b");
  unwatch[1]?.();
  news.tellAll();
  assert.deepEqual(told, ["a", "b"]);
  for (const end of unwatch) end();
  news.tellAll();
  news.tell("a", 9);
  assert.equal(told.length, 2);
});

Deno.test("a listener may leave, or bring another, while it is told", pure, () => {
  const news = new News();
  let told = 0;
  const leave = news.watch("a", () => {
    told++;
    leave();
    news.watch("a", () => told++);
  });
  news.tell("a", 1);
  assert.equal(told, 1);
  news.tell("a", 2);
  assert.equal(told, 2);
});
