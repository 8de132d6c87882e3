/**
 * Handlers that do what handlers should not do, each in its own way.
 *
 * @module
 */
import { type HandlerContext, type HandlerMessage, RetryableError } from "@asya/runtime";

/** Answers its payload. */
export function echo(msg: HandlerMessage): object {
  return { ...msg.payload };
}

/** Does what its payload says. */
export async function act(msg: HandlerMessage, ctx: HandlerContext): Promise<unknown> {
  switch (msg.payload.do) {
    case "print":
      console.log("\x00\x00\x00\x05hello, this is no frame");
      await Deno.stdout.write(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0a]));
      console.error('{"status":"ok","result":{}}');
      return { printed: true };
    case "throw a text":
      throw "just a text";
    case "throw nothing":
      throw undefined;
    case "throw a cycle": {
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      throw cycle;
    }
    case "throw a TypeError":
      throw new TypeError("no such page");
    case "throw a RetryableError":
      throw new RetryableError("busy", { retryAfterSeconds: 7 });
    case "throw until the third attempt":
      if (ctx.attempt < 3) throw new RetryableError(`busy at attempt ${ctx.attempt}`);
      return { attempt: ctx.attempt };
    case "throw a ValidationError":
      throw Object.assign(new Error("page is missing"), { code: "validation_error" });
    case "throw for want of GPU memory":
      throw new Error("CUDA out of memory. Tried to allocate 2.00 GiB");
    case "return a cycle": {
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      return cycle;
    }
    case "return a BigInt":
      return { count: 10n };
    case "return a bare BigInt":
      return 10n;
    case "return undefined":
      return undefined;
    case "return a function":
      return () => 1;
    case "return a text":
      return "text";
    case "return an array of texts":
      return ["a", "b"];
    case "return a fan-out":
      return [{ page: 1 }, null, { page: 3 }];
    case "return what throws":
      return {
        get page() {
          throw new Error("a getter that throws");
        },
      };
    case "return much":
      return { text: "x".repeat(100 * 1024 * 1024) };
    case "return deep": {
      let deep: Record<string, unknown> = {};
      for (let level = 0; level < 50_000; level++) deep = { "0": deep };
      return deep;
    }
    case "allocate":
      return { text: "x".repeat(2 ** 29) + "x".repeat(2 ** 29) };
    case "run out of memory":
      return hoard();
    case "spin":
      return spin();
    case "hang":
      return await new Promise(() => {});
    case "wait for the signal":
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      return { stopped: true };
    case "exit":
      Deno.exit(9);
      break;
    case "forget a rejection":
      Promise.reject(new Error("forgotten"));
      // Gives the forgotten rejection a turn of the event loop in which it is found.
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { alive: true };
    default:
      return { ...msg.payload };
  }
}

function hoard(): never {
  const kept: unknown[] = [];
  while (true) kept.push(Array(100_000).fill({ more: kept.length }));
}

function spin(): never {
  while (true) Math.random();
}
