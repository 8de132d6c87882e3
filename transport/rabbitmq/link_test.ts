import assert from "node:assert/strict";
import { FakeClock } from "../testing/fake_clock.ts";
import type { TransportEvent } from "../transport.ts";
import { Link } from "./link.ts";
import type { Session } from "./session.ts";

const none = { permissions: "none" as const };

/** A connection that ends when a test says so. */
class FakeSession {
  readonly #lost = Promise.withResolvers<string>();
  readonly lost = this.#lost.promise;
  isAlive = true;

  lose(reason: string): void {
    this.isAlive = false;
    this.#lost.resolve(reason);
  }

  abandon(reason: string): void {
    this.lose(reason);
  }

  close(): Promise<void> {
    this.lose("closed");
    return Promise.resolve();
  }
}

/** A link whose tries to connect end as a script says. */
function createBench() {
  const clock = new FakeClock(0);
  const events: TransportEvent[] = [];
  const sessions: FakeSession[] = [];
  const bench = {
    clock,
    events,
    sessions,
    /** When it tried, in milliseconds from the start. */
    triesAtMs: [] as number[],
    /** Why a try fails; `undefined` lets it succeed. */
    obstacle: undefined as string | undefined,
    setUp: () => Promise.resolve(),
    kinds: () => events.map(({ kind }) => kind),
    /** Lets time pass in small steps, with whatever it wakes. */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        clock.pass(50);
        await settle();
      }
    },
  };
  const link = new Link({
    open: () => {
      bench.triesAtMs.push(clock.now());
      if (bench.obstacle !== undefined) return Promise.reject(new Error(bench.obstacle));
      const session = new FakeSession();
      sessions.push(session);
      return Promise.resolve(session as unknown as Session);
    },
    setUp: () => bench.setUp(),
    onEvent: (event) => events.push(event),
    clock,
    random: () => 0.5,
  });
  return { ...bench, bench, link };
}

/** Lets everything run that does not wait for time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("waits grow, but not beyond three seconds, and trouble is told once", none, async () => {
  const { link, bench, triesAtMs } = createBench();
  bench.obstacle = "refused";
  const running = link.start();
  await settle();
  await bench.pass(30_000);
  const waits = triesAtMs.slice(1).map((atMs, index) => atMs - (triesAtMs[index] ?? 0));
  assert.deepEqual(waits.slice(0, 5), [150, 300, 600, 1_200, 2_250]);
  assert.ok(waits.slice(4).every((waitMs) => waitMs === 2_250), `${waits}`);
  assert.deepEqual(bench.events, [
    { kind: "disconnected", reason: "refused", retryInMs: 150 },
  ]);
  await bench.pass(60_000);
  assert.equal(bench.events.length, 2, "a reminder");
  bench.obstacle = "denied";
  await bench.pass(3_000);
  assert.equal(bench.events.length, 3, "other trouble");
  link.stop();
  await running;
});

Deno.test("whoever waits gets the next connection", none, async () => {
  const { link, bench, sessions } = createBench();
  bench.obstacle = "refused";
  const running = link.start();
  const waiting = link.ready();
  await bench.pass(1_000);
  assert.equal(link.session, undefined);
  bench.obstacle = undefined;
  await bench.pass(3_000);
  assert.equal(await waiting, sessions[0]);
  assert.equal(await link.ready(), sessions[0]);
  assert.deepEqual(bench.kinds(), ["disconnected", "connected"]);
  sessions[0]?.lose("gone");
  assert.equal(link.session, undefined, "at once");
  const next = link.ready();
  await bench.pass(3_000);
  assert.equal(await next, sessions[1]);
  assert.deepEqual(bench.kinds().slice(2), ["disconnected", "connected"]);
  link.stop();
  await sessions[1]?.close();
  await running;
});

Deno.test("connections that break at once are not made faster and faster", none, async () => {
  const { link, bench, sessions } = createBench();
  const running = link.start();
  for (let broken = 0; broken < 8; broken++) {
    await bench.pass(3_000);
    sessions.at(-1)?.lose("gone");
  }
  await settle();
  const waits = bench.events.flatMap((event) =>
    event.kind === "disconnected" ? [event.retryInMs] : []
  );
  assert.deepEqual(waits, [150, 300, 600, 1_200, 2_250, 2_250, 2_250, 2_250]);
  await bench.pass(15_000);
  sessions.at(-1)?.lose("gone");
  await settle();
  const last = bench.events.at(-1);
  assert.equal(last?.kind === "disconnected" && last.retryInMs, 150, "it had lasted");
  link.stop();
  await running;
});

Deno.test("a connection that cannot be made ready is closed, and tried again", none, async () => {
  const { link, bench, sessions } = createBench();
  bench.setUp = () => Promise.reject(new Error("no exchange"));
  const running = link.start();
  await settle();
  assert.equal(sessions[0]?.isAlive, false);
  assert.deepEqual(bench.events, [
    { kind: "disconnected", reason: "no exchange", retryInMs: 150 },
  ]);
  bench.setUp = () => new Promise(() => {});
  await bench.pass(29_000);
  assert.equal(sessions[1]?.isAlive, true, "it has its time");
  await bench.pass(2_000);
  assert.equal(sessions[1]?.isAlive, false);
  link.stop();
  await running;
});

Deno.test("a stopped link opens nothing, and tells whoever waits", none, async () => {
  const { link, bench, sessions } = createBench();
  bench.obstacle = "refused";
  const running = link.start();
  const waiting = assert.rejects(link.ready(), { code: "closed" });
  await settle();
  link.stop();
  await waiting;
  await running;
  await assert.rejects(link.ready(), { code: "closed" });
  const tries = bench.triesAtMs.length;
  await bench.pass(10_000);
  assert.equal(bench.triesAtMs.length, tries);
  assert.deepEqual(sessions, []);
});
