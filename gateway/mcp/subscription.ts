import {
  type JSONRPCRequest,
  ProtocolErrorCode,
  SERVER_INFO_META_KEY,
  SUBSCRIPTION_ID_META_KEY,
} from "@modelcontextprotocol/server";
import { isJsonObject } from "@asya/protocol";
import type { Caller } from "../auth/access.ts";
import type { CallWatcher } from "../tools/tool_call.ts";
import { declaresTasks } from "./declares_tasks.ts";
import { describeTask } from "./describe_task.ts";
import type { RpcError } from "./error_response.ts";
import type { McpTask, McpTasks } from "./mcp_tasks.ts";
import { News } from "./news.ts";
import { missingTasks } from "./rpc_errors.ts";
import { type NoticeStreams, toFrame, TOOLS_CHANGED } from "./notice_streams.ts";

/** What a client of the newer revision wants to be told of. */
export interface Subscription {
  /** Id of the request for it; every message of it carries it. */
  readonly id: JSONRPCRequest["id"];
  readonly toolsListChanged: boolean;
  readonly taskIds: readonly string[];
}

/** A subscription, or why there can be none. */
export type ParsedSubscription =
  | { readonly ok: true; readonly subscription: Subscription }
  | { readonly ok: false; readonly error: RpcError };

/** How many tasks one subscription may name. */
const MAX_TASKS = 100;

/**
 * Reads what a client subscribes to.
 *
 * @param request a valid `subscriptions/listen`
 */
export function parseSubscription({ id, params }: JSONRPCRequest): ParsedSubscription {
  const { notifications, _meta } = params ?? {};
  const wanted = isJsonObject(notifications) ? notifications : {};
  const { taskIds = [], toolsListChanged } = wanted;
  const isList = Array.isArray(taskIds) && taskIds.length <= MAX_TASKS;
  if (!isList || !taskIds.every((taskId): taskId is string => typeof taskId === "string")) {
    const message = `taskIds is not what is allowed: a list of at most ${MAX_TASKS} ids of tasks`;
    return { ok: false, error: { code: ProtocolErrorCode.InvalidParams, message } };
  }
  if (wanted.taskIds !== undefined && !declaresTasks(_meta)) {
    const { code, message, data } = missingTasks();
    return { ok: false, error: { code, message, data } };
  }
  return { ok: true, subscription: { id, toolsListChanged: toolsListChanged === true, taskIds } };
}

/** What a subscription stands on. */
export interface SubscriptionOptions {
  readonly streams: NoticeStreams;
  readonly tasks?: McpTasks | undefined;
  /** Version of the gateway, as clients see it. */
  readonly version: string;
}

/**
 * Answers a subscription with its stream: each task as it is, then each change of it, until all of
 * them have ended and nothing else is subscribed to.
 *
 * @param options what it stands on
 * @param subscription what is subscribed to
 * @param caller who subscribes; tasks of others are left out
 * @returns `undefined` when there is no room for it
 */
export async function openSubscription(
  options: SubscriptionOptions,
  subscription: Subscription,
  caller: Caller,
): Promise<Response | undefined> {
  const { streams, tasks, version } = options;
  const { id, toolsListChanged } = subscription;
  const find = async (taskId: string) => await tasks?.find(taskId, caller);
  const known = await Promise.all([...new Set(subscription.taskIds)].map(find));
  const taskIds = known.flatMap((task) => task ? [task.id] : []);
  const _meta = { [SUBSCRIPTION_ID_META_KEY]: id };
  const notice = (method: string, params: object) =>
    toFrame({ method, params: { ...params, _meta } });

  const news = new News<string>();
  const active = new Set(taskIds);
  const told = new Map<string, string>();
  const closeIfIdle = () => {
    if (active.size === 0 && !toolsListChanged) news.close();
  };
  const tellOfTask = (taskId: string, task: McpTask | undefined): string | undefined => {
    if (task?.status !== "working") active.delete(taskId);
    closeIfIdle();
    const state = task && `${task.status}: ${task.message}`;
    if (!task || !state || told.get(taskId) === state) return undefined;
    told.set(taskId, state);
    return notice("notifications/tasks", describeTask(task));
  };

  const gone = new AbortController();
  for (const taskId of taskIds) {
    news.add(taskId);
    const watcher: CallWatcher = {
      started: () => Promise.resolve(),
      updated: ({ update }) => {
        if (update.kind !== "partial") news.add(taskId);
        return Promise.resolve();
      },
    };
    // A store that cannot be read ends the stream; the client may subscribe again.
    tasks?.follow(taskId, watcher, gone.signal).catch(() => news.close());
  }
  if (taskIds.length === 0) closeIfIdle();
  const opened = streams.open(news, {
    caller,
    opening: notice("notifications/subscriptions/acknowledged", {
      notifications: {
        ...(toolsListChanged && { toolsListChanged }),
        ...(taskIds.length > 0 && { taskIds }),
      },
    }),
    watchesTools: toolsListChanged,
    async tell(piece) {
      if (piece === TOOLS_CHANGED) return notice("notifications/tools/list_changed", {});
      return tellOfTask(piece, await find(piece));
    },
    closing: toFrame({
      id,
      result: {
        resultType: "complete",
        _meta: { ..._meta, [SERVER_INFO_META_KEY]: { name: "asya-gateway", version } },
      },
    }),
    onEnd: () => gone.abort(),
  });
  if (opened === undefined) gone.abort();
  return opened;
}
