import { childrenOf, killPid, poll, type TestMesh } from "../kit/mod.ts";

/** How long a process that is to be killed is given to have something in hand. */
const BUSY_WAIT_MS = 300;

/**
 * Kills a process of a mesh with SIGKILL, which starts another one in its place.
 *
 * @param mesh the mesh
 * @param name such as `first.sidecar`
 * @returns whether it ran; the process id
 */
export function killProcess(mesh: TestMesh, name: string): number | undefined {
  return killPid(mesh.process(name).now.pid);
}

/**
 * Kills what runs a handler, and leaves its supervisor alone.
 *
 * @param mesh the mesh
 * @param name of the runtime, such as `first.runtime`
 * @returns whether there was one; the process id
 */
export function killHandler(mesh: TestMesh, name: string): number | undefined {
  const [child] = childrenOf(mesh.process(name).now.pid);
  return child === undefined ? undefined : killPid(child);
}

/**
 * Kills what runs a handler together with its supervisor, as the end of a container does.
 *
 * @param mesh the mesh
 * @param name of the runtime, such as `first.runtime`
 * @returns whether it ran; the process id
 */
export function killRuntime(mesh: TestMesh, name: string): number | undefined {
  const { pid } = mesh.process(name).now;
  const children = childrenOf(pid);
  const killed = killPid(pid);
  children.forEach(killPid);
  return killed;
}

/**
 * Waits until somebody works on a message of a queue, for a moment: error-end has none for long.
 *
 * @param mesh the mesh
 * @param queue the queue's name
 */
export async function untilBusy(mesh: TestMesh, queue: string): Promise<void> {
  const untilMs = Date.now() + BUSY_WAIT_MS;
  await poll(`${queue} to work on a message`, async () => {
    const { unacked } = await mesh.queues.holds(queue);
    return unacked > 0 || Date.now() >= untilMs;
  }, { everyMs: 2 });
}
