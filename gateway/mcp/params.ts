import { isJsonObject, type JsonObject, kindOf } from "@asya/protocol";
import type { StandardSchemaV1 } from "@modelcontextprotocol/server";

/** Parameters of a request, as the SDK has them checked. */
export interface Params<T> {
  readonly params: StandardSchemaV1<unknown, T>;
}

/** Parameters that name a task. */
export const taskParams: Params<{ readonly taskId: string }> = params<{ taskId: string }>((
  { taskId },
) =>
  typeof taskId === "string"
    ? { value: { taskId } }
    : { issues: [{ message: `taskId is ${kindOf(taskId)}; a task's id is allowed` }] }
);

/** Parameters that may name where a page begins. */
export const cursorParams: Params<{ readonly cursor?: string }> = params<{ cursor?: string }>(
  ({ cursor }) => {
    if (cursor === undefined) return { value: {} };
    return typeof cursor === "string" && /^\d{1,15}$/.test(cursor)
      ? { value: { cursor } }
      : { issues: [{ message: "cursor is not the nextCursor of an earlier answer" }] };
  },
);

function params<T>(validate: (params: JsonObject) => StandardSchemaV1.Result<T>): Params<T> {
  return {
    params: {
      "~standard": {
        version: 1,
        vendor: "asya",
        validate: (value) => validate(isJsonObject(value) ? value : {}),
      },
    },
  };
}
