import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { TASKS_EXTENSION } from "./declares_tasks.ts";
import type { McpAnswer } from "./mcp_tools.ts";

/** The error for a request whose parameters name what is not there, or not so. */
export function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

/** The error for a client that asks about tasks and does not say that it knows them. */
export function missingTasks(): MissingRequiredClientCapabilityError {
  return new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/** The error for a call that made no job, and that no tool answers. */
export function refusedCall(
  { reason, message }: McpAnswer & { readonly kind: "refused" },
): ProtocolError {
  if (reason !== "full") return invalidParams(message);
  return new ProtocolError(ProtocolErrorCode.InternalError, message);
}

/**
 * Does something for a client, who hears nothing of what goes wrong here but that it did.
 *
 * @param work what is done; errors that have a code of JSON-RPC are for the client
 * @param onError is told of any other
 */
export async function conceal<T>(
  work: () => Promise<T>,
  onError: ((error: unknown) => void) | undefined,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (rpcCodeOf(error) !== undefined) throw error;
    onError?.(error);
    const message = "something went wrong here; it was logged. Try again";
    throw new ProtocolError(ProtocolErrorCode.InternalError, message);
  }
}

/** The code of an error that is one of JSON-RPC. */
export function rpcCodeOf(error: unknown): number | undefined {
  const isCoded = error instanceof Error && "code" in error && typeof error.code === "number";
  return isCoded ? error.code as number : undefined;
}
