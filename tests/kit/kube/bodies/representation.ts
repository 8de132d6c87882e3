import { badRequest, StatusError } from "../status_error.ts";

/** In which form an answer is wanted. */
export type Representation = "object" | "table" | "partial";

const ACCEPTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/**
 * Chooses the first form of an `Accept` header that this server can give.
 *
 * @param accept such as `application/json;as=Table;v=v1;g=meta.k8s.io,application/json`
 * @throws StatusError 406 where there is none
 */
export function chooseRepresentation(accept: string | null): Representation {
  if (!accept) return "object";
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    if (!["application/json", "*/*", "application/*"].includes(type)) continue;
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice(3);
    if (as === undefined) return "object";
    if (as === "Table" && parameters.includes("v=v1")) return "table";
    if (["PartialObjectMetadata", "PartialObjectMetadataList"].includes(as)) return "partial";
  }
  throw new StatusError(
    406,
    "NotAcceptable",
    `only the following media types are accepted: ${ACCEPTED.join(", ")}`,
  );
}

/** Reads a query parameter that is a number. */
export function readNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Reads a query parameter that is yes or no. */
export function readFlag(query: URLSearchParams, name: string): boolean {
  return ["1", "true"].includes(query.get(name) ?? "");
}
