import assert from "node:assert/strict";
import { doEach } from "./do_each.ts";
import { GatewayError } from "../../client/gateway_error.ts";
import type { Screen } from "../../screen.ts";

const pure = { permissions: "none" } as const;
const letters = ["a", "b", "c", "d"].map((id) => ({ id }));

/**
 * Does something with four letters, as a test says: an act may throw, or ask to leave.
 */
async function run(
  acts: Readonly<Record<string, (leave: () => void, hurry: () => void) => void>>,
  options: { keepGoing?: boolean; json?: boolean; isLive?: boolean } = {},
) {
  const shown: string[] = [];
  const say = (where: string) => (line: string) => void shown.push(`${where} ${line}`);
  const [first, second] = [new AbortController(), new AbortController()];
  const screen: Screen = {
    ...{ colourOut: false, colourErr: false, isLive: options.isLive ?? false },
    ...{ columns: () => 60, columnsOut: () => 60 },
    ...{ out: say("out"), err: say("err"), live: say("live") },
  };
  const done: string[] = [];
  const deed = {
    verb: { now: "replay", past: "replayed" },
    json: options.json ?? false,
    keepGoing: options.keepGoing ?? false,
    act({ id }: { id?: unknown }) {
      acts[String(id)]?.(() => first.abort(), () => second.abort());
      done.push(String(id));
      return Promise.resolve(`job-${id}`);
    },
  };
  const signals = { first: first.signal, second: second.signal, [Symbol.dispose]() {} };
  const code = await doEach(letters, deed, { screen, signals });
  return { code, shown, done };
}

const refuse = (status?: number) => () => {
  throw new GatewayError("no", status === undefined ? {} : { status });
};

Deno.test("[U3] each is done once, and all is said", pure, async () => {
  const { code, shown, done } = await run({});
  assert.equal(code, 0);
  assert.deepEqual(done, ["a", "b", "c", "d"]);
  assert.deepEqual(shown.slice(0, 1).concat(shown.slice(-1)), [
    "out replayed a as job-a",
    "err 4 of 4 replayed",
  ]);
});

Deno.test("[U3] the first failure leaves the others as they were", pure, async () => {
  const { code, shown, done } = await run({ b: refuse(409) });
  assert.equal(code, 1);
  assert.deepEqual(done, ["a"]);
  assert.deepEqual(shown.slice(1), [
    "err b is not replayed: no",
    "err 1 of 4 replayed, 1 failed, 2 not tried; they are as they were",
  ]);
});

Deno.test("[U3] of what nobody answered, it is not said that it was not done", pure, async () => {
  const { shown } = await run({ b: refuse() });
  assert.equal(shown[1], "err b may not be replayed: no");
});

Deno.test(
  "[U3] one that failed holds up nobody, where that is wanted and can help",
  pure,
  async () => {
    const { code, done, shown } = await run({ b: refuse(409) }, { keepGoing: true, json: true });
    assert.equal(code, 1);
    assert.deepEqual(done, ["a", "c", "d"]);
    assert.deepEqual(shown[1], 'out {"id":"b","outcome":"failed","error":"no"}');
    for (const status of [undefined, 401, 403]) {
      const { done } = await run({ b: refuse(status) }, { keepGoing: true });
      assert.deepEqual(done, ["a"], `nothing goes better after ${status}`);
    }
  },
);

Deno.test("[U3] who leaves between two leaves the others as they were", pure, async () => {
  const { code, done, shown } = await run({ b: (leave) => leave() }, { keepGoing: true });
  assert.equal(code, 130);
  assert.deepEqual(done, ["a", "b"]);
  assert.equal(shown.at(-1), "err 2 of 4 replayed, 2 not tried; they are as they were");
});

Deno.test("[U3] who does not wait for one in hand is told that nobody knows", pure, async () => {
  const { code, shown } = await run({
    b(leave, hurry) {
      leave();
      hurry();
      throw new DOMException("the signal has been aborted", "AbortError");
    },
  });
  assert.equal(code, 130);
  assert.equal(shown.at(-1), "err whether b is replayed is not known; asya dlq show b tells");
});

Deno.test("many have a bar on a terminal", pure, async () => {
  const { shown } = await run({}, { isLive: true });
  const bars = shown.filter((line) => line.startsWith("live"));
  assert.equal(bars.length, 4);
  assert.match(bars[2] ?? "", /50% 3\/4 replay: c$/);
});
