import { parse as parseYaml } from "yaml";
import { isJsonObject, type JsonObject, type KubeObject } from "../kube_object.ts";
import { apiVersionOf, type ServedKind } from "../served_kind.ts";
import { badRequest, unsupportedMediaType } from "../status_error.ts";
import { explainBadJson } from "./go_json.ts";

/** What a body is, without its parameters: `application/json` where nothing is said. */
export function mediaTypeOf(contentType: string | null): string {
  return contentType?.split(";")[0]?.trim().toLowerCase() || "application/json";
}

/**
 * Reads an object that was sent whole.
 *
 * @param text of the body
 * @param contentType as the client says
 * @param kind what it has to be
 * @throws StatusError 400 or 415
 */
export function readObjectBody(
  text: string,
  contentType: string | null,
  kind: Pick<ServedKind, "group" | "version" | "kind">,
): KubeObject {
  const mediaType = mediaTypeOf(contentType);
  if (!["application/json", "application/yaml"].includes(mediaType)) {
    throw unsupportedMediaType(["application/json", "application/yaml"]);
  }
  const value = mediaType === "application/json"
    ? parseJson(text, kind.kind)
    : parseYamlObject(text);
  if (!isJsonObject(value)) throw unrecognized(kind.kind, "Object 'Kind' is missing", text);
  return checkType(value, kind, text);
}

function parseJson(text: string, kind: string): unknown {
  const why = text === "" ? "unexpected end of JSON input" : explainBadJson(text);
  if (why === undefined) return JSON.parse(text);
  throw unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, text);
}

function unrecognized(kind: string, why: string, text: string) {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${why} (${summarize(text)})`,
  );
}

/** The beginning of a body; in hexadecimal where it may not be text. */
function summarize(text: string): string {
  if (text === "") return "<empty>";
  const part = text.slice(0, 30);
  const shown = text.startsWith("{") ? part : new TextEncoder().encode(part).toHex();
  return text.length > 30 ? `${shown} ...` : shown;
}

function checkType(
  value: JsonObject,
  kind: Pick<ServedKind, "group" | "version" | "kind">,
  text: string,
): KubeObject {
  const apiVersion = apiVersionOf(kind);
  if (!value.kind && !kind.group && kind.kind === "DeleteOptions") return value as KubeObject;
  if (!value.kind) {
    throw unrecognized(kind.kind, `Object 'Kind' is missing in '${text.trim()}'`, text);
  }
  if (value.apiVersion !== apiVersion || value.kind !== kind.kind) {
    throw badRequest(
      `${value.kind} in version ${
        JSON.stringify(String(value.apiVersion ?? ""))
      } cannot be handled ` +
        `as a ${kind.kind}: the API version in the data (${value.apiVersion ?? ""}) or its kind ` +
        `(${value.kind}) does not match the expected ${apiVersion}, ${kind.kind}`,
    );
  }
  const metadata = isJsonObject(value.metadata) ? value.metadata : {};
  return { ...value, metadata } as unknown as KubeObject;
}

/**
 * Reads an object from YAML, of which JSON is a part.
 *
 * @throws StatusError 400
 */
export function parseYamlObject(text: string): JsonObject {
  let value: unknown;
  try {
    // Most clients send JSON, which is read much faster as what it is.
    value = text.startsWith("{") ? parseJsonOrYaml(text) : parseYaml(text, YAML);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : error}`);
  }
  if (isJsonObject(value)) return value;
  throw badRequest("error decoding YAML: object expected");
}

/** YAML as Kubernetes reads it. */
const YAML = { version: "1.1", merge: true } as const;

function parseJsonOrYaml(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseYaml(text, YAML);
  }
}
