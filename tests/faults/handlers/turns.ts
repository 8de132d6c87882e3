/**
 * A step that changes routes as its payload says, and otherwise walks on.
 *
 * @module
 */
import { type Answer, type HandlerMessage, messages } from "@asya/runtime";
import { walk } from "./steps.ts";

/** Changes the route in the way that the payload calls `do`. */
export async function turn({ payload, route }: HandlerMessage): Promise<unknown> {
  if (!route) throw new TypeError("this handler needs ASYA_INCLUDE_METADATA=true");
  const done = route.steps.slice(0, route.current + 1);
  const ahead = route.steps.slice(route.current + 1);
  const go = (...steps: string[]): Answer => messages([{ payload, steps }]);
  switch (payload.do) {
    case "go round for ever":
      return go(...done, "first", "second", ...ahead);
    case "forget where it was":
      return go(...done.slice(1), ...ahead);
    case "go nowhere":
      return go(...done, "nowhere", ...ahead);
    case "go to the end at once":
      return go(...done, "happy-end");
    default:
      return await walk({ payload });
  }
}
