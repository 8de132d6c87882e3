import type { JsonObject } from "./kube_object.ts";

/** One reason among those for which an object was refused. */
export interface StatusCause {
  /** Such as `FieldValueRequired`. */
  readonly reason?: string;
  readonly message: string;
  /** Where, such as `spec.queueName`. */
  readonly field?: string;
}

/** What an answer is about, in its particulars. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A resource or a kind of a group. */
export interface Grouped {
  readonly group: string;
  /** The resource (`widgets`) or the kind (`Widget`). */
  readonly name: string;
}

/** An answer that is a refusal, in the API's own form. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }

  /** The body of the answer. */
  get body(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** How a resource or kind is called in messages: `widgets.example.io`. */
function qualify({ group, name }: Grouped): string {
  return group ? `${name}.${group}` : name;
}

function detailsOf({ group, name: kind }: Grouped, name: string): StatusDetails {
  return { ...(name && { name }), ...(group && { group }), ...(kind && { kind }) };
}

/** 400: what was sent makes no sense. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

/** 401: nobody knows that token. */
export function unauthorized(): StatusError {
  return new StatusError(401, "Unauthorized", "Unauthorized");
}

/** 403: not for this caller, or not here. */
export function forbidden(
  resource: Grouped,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const subject = name ? `${qualify(resource)} ${JSON.stringify(name)}` : qualify(resource);
  return new StatusError(403, "Forbidden", `${subject} is forbidden: ${why}`, {
    ...detailsOf(resource, name),
    ...(causes && { causes }),
  });
}

/** 404: no such object. */
export function notFound(resource: Grouped, name: string): StatusError {
  const message = `${qualify(resource)} ${JSON.stringify(name)} not found`;
  return new StatusError(404, "NotFound", message, detailsOf(resource, name));
}

/** 404: no such thing to do. */
export function unknownPath(): StatusError {
  const message = "the server could not find the requested resource";
  return new StatusError(404, "NotFound", message, {});
}

/** 405: the resource cannot do that. */
export function methodNotAllowed(resource: Grouped, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind "${qualify(resource)}"`;
  return new StatusError(405, "MethodNotAllowed", message, detailsOf(resource, ""));
}

/** 405: the resource is on its way out. */
export function notWhileTerminating(resource: Grouped): StatusError {
  const message = "create not allowed while custom resource definition is terminating";
  return new StatusError(405, "MethodNotAllowed", message, detailsOf(resource, ""));
}

/** 409: the name is taken. */
export function alreadyExists(resource: Grouped, name: string): StatusError {
  const message = `${qualify(resource)} ${JSON.stringify(name)} already exists`;
  return new StatusError(409, "AlreadyExists", message, detailsOf(resource, name));
}

/** 409: it is not what the caller thinks it is. */
export function conflict(about: Grouped, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualify(about)} ${JSON.stringify(name)}`;
  return new StatusError(409, "Conflict", `${message}: ${why}`, detailsOf(about, name));
}

/** Why a write on top of an older version is refused. */
export const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

/** 410: what was asked for is not remembered any more. */
export function expired(message: string): StatusError {
  return new StatusError(410, "Expired", message);
}

/** 413: more than a request may bring. */
export function tooLarge(maxBytes: number): StatusError {
  const message = `Request entity too large: limit is ${maxBytes}`;
  return new StatusError(413, "RequestEntityTooLarge", message, {});
}

/** 415: no such kind of patch here. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message =
    `the body of the request was in an unknown format - accepted media types include: ${
      accepted.join(", ")
    }`;
  return new StatusError(415, "UnsupportedMediaType", message);
}

/** 422: the object is against the rules. */
export function invalid(kind: Grouped, name: string, causes: readonly StatusCause[]): StatusError {
  const sentences = [
    ...new Set(causes.map(({ field, message }) => field ? `${field}: ${message}` : message)),
  ];
  const list = sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`;
  const message = `${qualify(kind)} ${JSON.stringify(name)} is invalid: ${list}`;
  return new StatusError(422, "Invalid", message, { ...detailsOf(kind, name), causes });
}

/** 429: later. */
export function tooManyRequests(retryAfterSeconds: number): StatusError {
  const message = "Too many requests, please try again later.";
  return new StatusError(429, "TooManyRequests", message, { retryAfterSeconds });
}

/** 500: the server did not manage. */
export function internalError(why: string): StatusError {
  return new StatusError(500, "InternalError", `Internal error occurred: ${why}`, {
    causes: [{ message: why }],
  });
}

/** 504: a version that is yet to come. */
export function tooLargeVersion(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, "Timeout", message, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
