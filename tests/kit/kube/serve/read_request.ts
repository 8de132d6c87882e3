import { parseProtobuf, PROTOBUF } from "../bodies/protobuf.ts";
import { tooLarge } from "../status_error.ts";
import type { RequestInfo } from "./request_info.ts";

/** More than this is refused. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What was sent. */
export interface Body {
  readonly text: string;
  readonly contentType: string | null;
}

/**
 * Reads what was sent; what is protobuf is read into JSON.
 *
 * @throws StatusError 413 where it is too large, 400 where it cannot be read
 */
export async function readBody(request: Request): Promise<Body> {
  const contentType = request.headers.get("content-type");
  if (!request.body) return { text: "", contentType };
  const bytes = await request.bytes();
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  if (contentType !== PROTOBUF || bytes.length === 0) {
    return { text: new TextDecoder().decode(bytes), contentType };
  }
  return { text: JSON.stringify(parseProtobuf(bytes)), contentType: "application/json" };
}

/** What rights are asked for: a list of one object by its name is allowed to who may see that. */
export function readRights(info: RequestInfo, url: URL): RequestInfo {
  if (!info.isResource || info.name || info.verb === "create") return info;
  const selector = url.searchParams.get("fieldSelector") ?? "";
  const name = /^metadata\.name==?([^,!=]+)$/.exec(selector)?.[1];
  return name ? { ...info, name } : info;
}
