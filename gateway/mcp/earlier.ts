import { SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import type { McpRequest } from "../http/tool_routes.ts";
import { errorResponse, TOO_MANY_STREAMS } from "./error_response.ts";
import { News } from "./news.ts";
import { type NoticeStreams, toFrame } from "./notice_streams.ts";

/** Whether a request's headers are those of a revision before 2026-07-28. */
export function speaksEarlier({ headers }: Request): boolean {
  const version = headers.get("mcp-protocol-version");
  return version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version);
}

/**
 * Opens the stream of an earlier revision on which a server speaks without being asked. Nothing
 * ties it to other requests of its client, so that it tells what concerns all: other tools.
 *
 * @param request the request for it
 * @param streams hold it
 */
export function openEarlierStream(
  { request, caller }: McpRequest,
  streams: NoticeStreams,
): Response {
  if (!request.headers.get("accept")?.includes("text/event-stream")) {
    const message = "what is here is a stream; accept text/event-stream";
    return errorResponse(406, { code: NOT_ACCEPTABLE, message });
  }
  const opened = streams.open(new News(), {
    caller,
    watchesTools: true,
    tell: () => Promise.resolve(toFrame({ method: "notifications/tools/list_changed" })),
  });
  return opened ?? errorResponse(503, TOO_MANY_STREAMS);
}

/** What servers of MCP say when a client does not take what they have. */
const NOT_ACCEPTABLE = -32_000;
