import type { Container, PodSpec } from "../actor/async_actor.ts";

/**
 * The first port from one on that no container of a pod declares.
 *
 * @param pod as the user wrote it
 * @param first the one to begin with
 */
export function undeclaredPort(
  { containers, initContainers = [] }: PodSpec,
  first: number,
): number {
  const taken = new Set([...containers, ...initContainers].flatMap(portsOf));
  let port = first;
  while (taken.has(port)) port += 1;
  return port;
}

function portsOf({ ports }: Container): number[] {
  if (!Array.isArray(ports)) return [];
  return ports.map((port) => Number((port as { containerPort?: unknown } | null)?.containerPort));
}
