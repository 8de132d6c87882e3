import type { Link } from "./link.ts";

/**
 * Asks the broker something over one connection.
 *
 * @param link the connection
 * @param question what the broker does
 * @param afterwards what it does when it has answered
 * @returns `undefined` when the connection is lost before the answer comes
 */
export async function askOn<T>(
  link: Link,
  question: () => T,
  afterwards: (answer: T) => void = () => {},
): Promise<{ answer: T } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ answer: T } | undefined>();
  if (!link.isOpenAtClient) return undefined;
  const callOff = link.whenLost(() => resolve(undefined));
  link.send(() => {
    const answer = question();
    link.deliver(() => resolve({ answer }));
    afterwards(answer);
  });
  const answered = await promise;
  callOff();
  return answered;
}
