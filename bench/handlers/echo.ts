/** The handler of every measurement: it answers what it got, so that only the way is measured. */
export default function echo({ payload }: { payload: Record<string, unknown> }): object {
  return payload;
}
