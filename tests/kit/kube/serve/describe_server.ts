import type { Kinds } from "../kinds.ts";
import { discover } from "./discovery.ts";
import { describeOpenApi } from "./open_api.ts";
import { respondJson, respondNoPage } from "./respond.ts";

/** What the recorded server says of itself. */
const VERSION = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.2",
  gitCommit: "$Format:%H$",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.26.10",
  compiler: "gc",
  platform: "linux/amd64",
};

/**
 * Answers what is asked of the server itself, rather than of objects.
 *
 * @param path of the request
 * @param accept as the client says
 */
export async function describeServer(
  kinds: Kinds,
  path: string,
  accept: string | null,
): Promise<Response> {
  if (path === "/version" || path === "/version/") return respondJson(200, VERSION);
  if (["/healthz", "/livez", "/readyz"].includes(path)) return new Response("ok");
  if (path.startsWith("/openapi/v3")) {
    const document = describeOpenApi(kinds, path);
    return document ? respondJson(200, document) : respondNoPage();
  }
  const found = await discover(kinds, path, accept);
  if (!found) return respondNoPage();
  return respondJson(200, found.body, { "content-type": found.contentType });
}
