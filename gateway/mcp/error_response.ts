import { ProtocolErrorCode } from "@modelcontextprotocol/server";

/** An error of JSON-RPC. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The code, since 2026-07-28, for headers that contradict the body. */
export const HEADER_MISMATCH = -32_020;

/** Told to whom there is no room for. */
export const TOO_MANY_STREAMS: RpcError = {
  code: ProtocolErrorCode.InternalError,
  message: "too many streams are open here; try again later",
};

/**
 * Answers a request with an error.
 *
 * @param status HTTP's word for it
 * @param error what went wrong
 * @param id id of the request, where it has one
 */
export function errorResponse(
  status: number,
  error: RpcError,
  id: string | number | null = null,
): Response {
  return Response.json({ jsonrpc: "2.0", id, error }, { status });
}
