import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { createWriteTogether } from "./write_together.ts";

/** A socket that notes what it is given at a time. */
function createSocket(): { socket: Writable; writes: string[] } {
  const writes: string[] = [];
  const socket = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      writes.push(chunk);
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => chunk).join(""));
      done();
    },
  });
  return { socket, writes };
}

Deno.test("what is written in one turn leaves together, a phase of immediates later", async () => {
  const { socket, writes } = createSocket();
  const writeTogether = createWriteTogether(socket);
  writeTogether();
  // The client writes what it is given in the next phase of immediates.
  const writing = setImmediate().then(() => {
    socket.write("a");
    socket.write("b");
  });
  writeTogether();
  await writing;
  assert.deepEqual(writes, []);
  await setImmediate();
  await setImmediate();
  assert.deepEqual(writes, ["ab"]);
});

Deno.test("under load what was written leaves while more is held back", async () => {
  const { socket, writes } = createSocket();
  const writeTogether = createWriteTogether(socket);
  for (let turn = 0; turn < 20; turn++) {
    writeTogether();
    socket.write(`${turn} `);
    socket.write(`${turn}, `);
    await setImmediate();
  }
  await setImmediate();
  await setImmediate();
  assert.equal(writes.join(""), Array.from({ length: 20 }, (_, n) => `${n} ${n}, `).join(""));
  assert.ok(writes.length >= 10 && writes.length <= 21, `${writes.length} writes`);
});

Deno.test("what is written without asking is not held back", async () => {
  const { socket, writes } = createSocket();
  const writeTogether = createWriteTogether(socket);
  writeTogether();
  await setImmediate();
  await setImmediate();
  await setImmediate();
  socket.write("a");
  assert.deepEqual(writes, ["a"]);
});
