/**
 * A step that sends its message on as the payload says, within what is allowed and beyond it.
 *
 * @module
 */
import {
  type Answer,
  type HandlerMessage,
  insertSteps,
  messages,
  repeatSteps,
  replaceRest,
} from "@asya/runtime";

/** What a call asks for. */
interface Wish {
  readonly go: string;
}

/** Goes where the payload's `go` says, the first time it runs; then on. */
export function routing(msg: HandlerMessage<Wish>): Answer | Wish {
  const { payload, route } = msg;
  const send = (steps: readonly string[], more: object = {}) =>
    messages([{ payload, steps, ...more }]);
  if (route?.current !== 0 && payload.go !== "round for ever") return payload;
  switch (payload.go) {
    case "to a step that waits":
      return send(insertSteps(msg, "parked"));
    case "round twice":
      return send(repeatSteps(msg, ["routing", "after"], { atMost: 2 }) ?? []);
    case "home":
      return send(replaceRest(msg));
    case "round for ever":
      return send(insertSteps(msg, "routing"));
    case "back in time":
      return send(["after", "after"]);
    case "where it must not":
      return send(insertSteps(msg, "forbidden"));
    case "under another name":
      return send([], { route: { stages: ["after"] } });
    default:
      return payload;
  }
}

/** Answers what it got. */
export function after(msg: HandlerMessage): object {
  return msg.payload;
}
