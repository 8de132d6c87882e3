import assert from "node:assert/strict";
import { startGuard } from "./guard.ts";

/** A process that leads a group with a child of its own, and ends at SIGTERM only where wanted. */
function startLeader(options: { ignoresTerm?: boolean } = {}): Deno.ChildProcess {
  const trap = options.ignoresTerm ? "trap '' TERM;" : "";
  return new Deno.Command("/bin/sh", {
    args: ["-c", `${trap} sleep 60 & echo $!; wait`],
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

async function readPid(leader: Deno.ChildProcess): Promise<number> {
  const reader = leader.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return Number(new TextDecoder().decode(value));
}

async function isAlive(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("/bin/sh", {
    args: ["-c", `kill -0 ${pid} 2>/dev/null && ! grep -q 'State:.Z' /proc/${pid}/status`],
  }).output();
  return success;
}

/** Looks again until a process is gone. */
async function waitUntilGone(pid: number): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (await isAlive(pid)) {
    assert(Date.now() < endMs, `process ${pid} is gone`);
    // stands for the time between two looks
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function withFiles(test: (folder: string, files: string[]) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const folder = `${root}/run with spaces`;
  await Deno.mkdir(folder);
  const files = ["a.sock", "-b.sock"].map((name) => `${folder}/${name}`);
  for (const path of files) await Deno.writeTextFile(path, "");
  try {
    await test(folder, files);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("[M2] a guard that loses its mesh ends what is left, and removes its files", () =>
  withFiles(async (folder, files) => {
    const [first = "", second = ""] = files;
    const guard = startGuard(folder, [first, `${folder}/never-made`]);
    guard.keep([second]);
    const leaders = [startLeader(), startLeader()];
    const children = await Promise.all(leaders.map(readPid));
    for (const { pid } of leaders) guard.watch(pid);
    await guard.close(); // as when the mesh is gone: its end of the pipe is closed
    for (const leader of leaders) {
      assert.equal((await leader.status).signal, "SIGTERM");
      await leader.stdout.cancel();
    }
    for (const pid of children) await waitUntilGone(pid);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  }));

Deno.test("[M2] who does not listen is ended all the same", () =>
  withFiles(async (folder, files) => {
    const guard = startGuard(folder, files, 200);
    const leader = startLeader({ ignoresTerm: true });
    await readPid(leader);
    guard.watch(leader.pid);
    await guard.close();
    assert.equal((await leader.status).signal, "SIGKILL");
    await leader.stdout.cancel();
  }));

Deno.test("[M2] a process that ended by itself takes what it started along", () =>
  withFiles(async (folder, files) => {
    const guard = startGuard(folder, files);
    const leader = startLeader();
    const child = await readPid(leader);
    guard.watch(leader.pid);
    leader.kill("SIGKILL");
    await leader.status;
    guard.release(leader.pid);
    await waitUntilGone(child);
    await leader.stdout.cancel();
    await guard.close();
  }));

Deno.test("a folder in which something else is stays", () =>
  withFiles(async (folder, files) => {
    await Deno.writeTextFile(`${folder}/ocr.lock`, "");
    await startGuard(folder, files).close();
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["ocr.lock"]);
  }));
