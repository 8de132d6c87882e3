import type { Connection, Sql } from "@asya/program/postgres";
import assert from "node:assert/strict";
import { poll } from "../../../tests/kit/poll.ts";
import type { StoreEvent } from "../store_event.ts";
import { Link } from "./link.ts";
import { migrations } from "./migrations.ts";

/** A server that a test says all of. */
interface FakeServer {
  process: number;
  /** How far its clock is ahead of ours. */
  aheadMs: number;
  beats: number;
}

/** Answers what a link asks. */
function answer(server: FakeServer, text: string): readonly unknown[] {
  if (text.includes("to_regclass")) return [{ hasLedger: true }];
  if (text.includes("FROM asya.migrations")) {
    return migrations.map(({ version, name }) => ({ version, name, applied_at: new Date(0) }));
  }
  if (!text.includes("pg_backend_pid")) return [];
  server.beats++;
  const { process, aheadMs } = server;
  return [{ isLeading: true, process, nowMs: Date.now() + aheadMs }];
}

function connectTo(server: FakeServer): Connection {
  const { promise: lost, resolve } = Promise.withResolvers<string>();
  const ask = (strings: TemplateStringsArray) =>
    Promise.resolve(answer(server, strings.raw.join("?")));
  const unsafe = (text: string) => Promise.resolve(answer(server, text));
  const connection = {
    sql: Object.assign(ask, { unsafe }) as unknown as Sql,
    isLost: false,
    lost,
    abandon: (reason: string) => {
      connection.isLost = true;
      resolve(reason);
    },
    close: () => Promise.resolve(connection.abandon("closed")),
  };
  return connection;
}

async function withLink(
  server: FakeServer,
  use: (link: Link, events: StoreEvent[]) => Promise<void>,
): Promise<void> {
  const events: StoreEvent[] = [];
  const link = new Link({
    open: () => Promise.resolve(connectTo(server)),
    onNotice: () => {},
    onGap: () => {},
    onEvent: (event) => events.push(event),
  });
  await link.start();
  try {
    await use(link, events);
  } finally {
    await link.stop();
  }
}

Deno.test("a clock that agrees with the server's is left alone", async () => {
  await withLink({ process: 1, aheadMs: 0, beats: 0 }, (link, events) => {
    assert.equal(link.aheadMs, 0);
    assert.deepEqual(events.map(({ kind }) => kind), ["leading", "connected"]);
    return Promise.resolve();
  });
});

Deno.test("a server's clock is followed, and a great difference is told once", async () => {
  for (const hours of [1, -1]) {
    const server = { process: 1, aheadMs: hours * 3_600_000, beats: 0 };
    await withLink(server, async (link, events) => {
      assert(Math.abs(link.aheadMs - server.aheadMs) < 1_000);
      await poll("further beats", () => server.beats >= 3);
      assert.equal(events.filter(({ kind }) => kind === "clock_differs").length, 1);
      server.aheadMs = 0;
      await poll("the clocks to agree", () => Math.abs(link.aheadMs) < 1_000);
    });
  }
});

Deno.test("a connection that several sessions serve is not used", async () => {
  const server = { process: 1, aheadMs: 0, beats: 0 };
  await withLink(server, async (link, events) => {
    assert(link.isLeading);
    server.process = 2;
    const told = await poll(
      "the link to notice",
      () => events.find((event) => event.kind === "disconnected"),
    );
    assert.match(told.reason, /served by several sessions.*pool_mode = session/);
  });
});
