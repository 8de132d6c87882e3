import { poll, type TestVhost } from "../kit/mod.ts";

/** For how long nothing comes any more before a queue is deleted. */
const EMPTY_MS = 200;

/**
 * Deletes a queue that others publish to, without a message that nobody could ever get: nothing is
 * routed to it any more, it is worked off, and then it goes. Its sidecar makes it again.
 *
 * @param vhost where it is
 * @param queue its name
 */
export async function cutOffAndDelete(
  { name, admin }: Omit<TestVhost, keyof AsyncDisposable>,
  queue: string,
): Promise<void> {
  const vhost = encodeURIComponent(name);
  await poll(`a way to ${queue}`, async () => {
    const bindings = await admin.get<{ source: string }[]>(`queues/${vhost}/${queue}/bindings`);
    return bindings.some(({ source }) => source === "asya");
  }, { timeoutMs: 30_000 });
  await admin.delete(`bindings/${vhost}/e/asya/q/${queue}/${queue}`);
  let emptyMs: number | undefined;
  await poll(`${queue} to be worked off`, async () => {
    const queues = await admin.queues(name);
    const { ready } = queues.find((candidate) => candidate.name === queue) ?? { ready: 0 };
    if (ready > 0) emptyMs = undefined;
    else emptyMs ??= performance.now();
    return emptyMs !== undefined && performance.now() - emptyMs > EMPTY_MS;
  }, { timeoutMs: 30_000 });
  await admin.delete(`queues/${vhost}/${queue}`);
}
