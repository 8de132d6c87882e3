/**
 * Whether a handler is fetched when its pod starts; any other is a file of the image.
 *
 * @param handler as the actor names it; `undefined` where it names none
 */
export function isFetched(handler: string | undefined): boolean {
  return handler !== undefined && /^(npm|jsr|https):/.test(handler);
}
