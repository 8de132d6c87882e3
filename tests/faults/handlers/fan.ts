/**
 * Steps that fan out, one behind the other.
 *
 * @module
 */

type Payload = Record<string, unknown>;

/** Makes as many branches as the payload's `outer` says; without it, one output. */
export function fanOuter({ payload: { outer, ...rest } }: { payload: Payload }): unknown {
  return typeof outer === "number"
    ? Array.from({ length: outer }, (_, place) => ({ ...rest, outerPlace: place }))
    : rest;
}

/** Makes as many branches as the payload's `inner` says; without it, one output. */
export function fanInner({ payload: { inner, ...rest } }: { payload: Payload }): unknown {
  return typeof inner === "number"
    ? Array.from({ length: inner }, (_, place) => ({ ...rest, innerPlace: place }))
    : rest;
}
