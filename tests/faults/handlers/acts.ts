/**
 * A step that does what its payload says, and otherwise walks on.
 *
 * @module
 */
import type { HandlerContext, HandlerMessage } from "@asya/runtime";
import { walk } from "./steps.ts";

/** What a handler should not do: what the payload calls `do`, and for the first time only. */
export async function act({ payload }: HandlerMessage, ctx: HandlerContext): Promise<unknown> {
  if (ctx.attempt > 1) return await walk({ payload });
  switch (payload.do) {
    case "hang":
      return await new Promise(() => {});
    case "spin":
      return spin();
    case "spin later":
      await walk({ payload });
      return spin();
    case "fill the heap":
      return fillHeap();
    case "ask for too large a buffer":
      return { bytes: new ArrayBuffer(2 ** 45).byteLength };
    default:
      return await walk({ payload });
  }
}

function spin(): never {
  while (true) Math.random();
}

function fillHeap(): never {
  const kept: unknown[] = [];
  while (true) kept.push(Array(100_000).fill({ more: kept.length }));
}
