/** What a request asks for, as its method and path say. */
export type RequestInfo = ResourceRequest | { readonly isResource: false; readonly path: string };

/** A request about objects. */
export interface ResourceRequest {
  readonly isResource: true;
  readonly path: string;
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource: string;
  /** Empty for what is in no namespace, and for all namespaces. */
  readonly namespace: string;
  /** Empty for requests about many. */
  readonly name: string;
}

/** What rules allow or do not allow. */
export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "update"
  | "patch"
  | "delete"
  | "deletecollection";

/**
 * Takes a request apart as the API server does before it asks whether it is allowed.
 *
 * @param method of HTTP
 * @param url with the query, where `watch` may stand
 */
export function parseRequest(method: string, url: URL): RequestInfo {
  const path = url.pathname;
  const parts = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const isCore = parts[0] === "api";
  if (!isCore && parts[0] !== "apis") return { isResource: false, path };
  const [group = "", version = ""] = isCore ? ["", parts[1]] : [parts[1], parts[2]];
  const rest = parts.slice(isCore ? 2 : 3);
  if (rest.length === 0) return { isResource: false, path };

  const isInNamespace = rest[0] === "namespaces" && rest.length > 2 &&
    !["status", "finalize"].includes(rest[2] ?? "");
  const namespace = isInNamespace ? rest[1] ?? "" : rest[0] === "namespaces" ? rest[1] ?? "" : "";
  const [resource = "", name = "", subresource = ""] = isInNamespace ? rest.slice(2) : rest;
  const isWatch = ["1", "true"].includes(url.searchParams.get("watch") ?? "");
  return {
    isResource: true,
    path,
    verb: verbOf(method, name !== "", isWatch),
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
  };
}

function verbOf(method: string, hasName: boolean, isWatch: boolean): Verb {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return hasName ? "delete" : "deletecollection";
  }
  if (isWatch) return "watch";
  return hasName ? "get" : "list";
}
