/**
 * Whether a reader has what an entity tag stands for already.
 *
 * @param etag the tag of what there is, with its quotes
 * @param ifNoneMatch the request's header
 * @see RFC 9110, section 13.1.2
 */
export function isNamed(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || ifNoneMatch?.trim() === "*";
}
