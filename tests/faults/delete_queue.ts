import { poll, type TestVhost } from "../kit/mod.ts";

/** For how long nothing comes any more before a queue is deleted. */
const EMPTY_MS = 200;

const LIMIT_MS = 60_000;

/** How to delete a queue. */
export interface Deletion {
  /**
   * Whether messages may be in hand, which were taken from it and are not settled. Where their
   * holder may die and begin again, it makes the queue reachable in the wrong moment.
   */
  readonly mayBeHeld: boolean;
}

/**
 * Deletes a classic queue that others publish to, without a message that nobody could ever get:
 * nothing is routed to it any more, it is worked off, and then it goes. Its sidecar makes it again.
 *
 * @param vhost where it is
 * @param queue its name
 * @param deletion how
 */
export async function cutOffAndDelete(
  { name, admin }: Pick<TestVhost, "admin" | "name" | "url">,
  queue: string,
  { mayBeHeld }: Deletion,
): Promise<void> {
  const vhost = encodeURIComponent(name);
  const isBound = async () => {
    const bindings = await admin.get<{ source: string }[]>(`queues/${vhost}/${queue}/bindings`);
    return bindings.some(({ source }) => source === "asya");
  };
  const isThere = async () => (await admin.queues(name)).some((found) => found.name === queue);
  await poll(`${queue} to be reached and taken from`, async () => {
    // It may have been deleted a moment ago.
    if (!await isThere()) return false;
    const { consumers } = await admin.get<{ consumers?: number }>(`queues/${vhost}/${queue}`);
    return consumers && await isBound();
  }, { timeoutMs: LIMIT_MS });
  let emptyMs: number | undefined;
  await poll(`${queue} to be worked off`, async () => {
    const queues = await admin.queues(name);
    const found = queues.find((candidate) => candidate.name === queue);
    const isEmpty = found?.ready === 0 && (mayBeHeld || found.unacked === 0);
    if (await isBound()) {
      await admin.delete(`bindings/${vhost}/e/asya/q/${queue}/${queue}`);
      emptyMs = undefined;
    } else if (!isEmpty) emptyMs = undefined;
    else emptyMs ??= performance.now();
    return emptyMs !== undefined && performance.now() - emptyMs > EMPTY_MS;
  }, { timeoutMs: LIMIT_MS });
  await admin.delete(`queues/${vhost}/${queue}`);
}
