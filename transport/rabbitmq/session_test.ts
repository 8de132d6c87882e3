import type { ChannelModel } from "amqplib";
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { FakeClock } from "../testing/fake_clock.ts";
import { Session } from "./session.ts";

const none = { permissions: "none" as const };

/** The client's connection, as far as a session looks at it. */
function createModel() {
  const socket = new PassThrough();
  const model = Object.assign(new EventEmitter(), { connection: { stream: socket } });
  return { socket, model, asClient: model as unknown as ChannelModel };
}

function openSession(model: ChannelModel): { session: Session; blocked: (string | undefined)[] } {
  const blocked: (string | undefined)[] = [];
  const options = {
    clock: new FakeClock(),
    onBlocked: (why: string | undefined) => blocked.push(why),
  };
  return { session: new Session(model, options), blocked };
}

Deno.test("[D17] a connection that the broker closed at once is lost", none, async () => {
  const { socket, asClient } = createModel();
  // The client does so when the broker closes, and tells it to those who listen by then.
  socket.end();
  const { session } = openSession(asClient);
  assert.equal(session.isAlive, false);
  assert.match(await session.lost, /as soon as it was open/);
  assert.equal(socket.destroyed, true);
  await session.close();
});

Deno.test("a connection is lost with what the broker had against it", none, async () => {
  const { socket, model, asClient } = createModel();
  const { session, blocked } = openSession(asClient);
  assert.deepEqual([session.isAlive, session.isBlocked], [true, false]);
  model.emit("blocked", "low on memory");
  assert.equal(session.isBlocked, true);
  model.emit("unblocked");
  assert.equal(session.isBlocked, false);
  assert.deepEqual(blocked, ["low on memory", undefined]);
  model.emit("error", new Error("INTERNAL_ERROR"));
  model.emit("close");
  assert.equal(await session.lost, "INTERNAL_ERROR");
  assert.deepEqual([session.isAlive, socket.destroyed], [false, true]);
});
