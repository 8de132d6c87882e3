import { recordOf } from "../actor/schema/record_of.ts";
import { KubeError, type KubeErrorCode } from "../reconcile/kube_error.ts";

/** An answer of the API server that is no success. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  /** As it came, parsed where it is JSON: a `Status`, as a rule. */
  readonly body: unknown;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | null;
  /** Whether what was sent is secret, so that what the server says of it may be too. */
  readonly isSecret?: boolean;
}

/** The longest that is waited because the server says so: nobody would notice that all stands still. */
const MAX_WAIT_MS = 300_000;

/** The most that is quoted of what the server says. */
const MAX_WORDS = 4_000;

/** What the fields of a `Status` say that decide. */
interface Said {
  readonly reason?: string;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly causes: readonly { readonly reason?: string; readonly field?: string }[];
}

/**
 * Makes a failure of an answer: its code comes from the HTTP status, the reason and the causes'
 * reasons, never from words for people.
 *
 * @param answer what came
 * @param doing what was asked, for the message: `get v1 Secret jobs/mq`
 */
export function errorOfAnswer(answer: Answer, doing: string): KubeError {
  const said = readStatus(answer.body);
  const message = answer.isSecret
    ? [said.reason, ...said.causes.map(({ field }) => field)].filter(Boolean).join(" ")
    : said.message;
  return new KubeError(
    codeOf(answer.status, said),
    `${doing}: the API server answered ${answer.status}${
      message ? ` (${message.slice(0, MAX_WORDS)})` : ""
    }`,
    waitOf(said, answer.retryAfter),
  );
}

function codeOf(status: number, { reason, causes }: Said): KubeErrorCode {
  switch (status) {
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return reason === "Expired" ? "expired" : "invalid";
    case 401:
      return "unauthorized";
    case 403:
      return causes.some((cause) => cause.reason === "NamespaceTerminating")
        ? "terminating"
        : "forbidden";
    case 404:
      return "not_found";
    case 409:
      return reason === "AlreadyExists" ? "exists" : "conflict";
    case 410:
      return "expired";
    case 429:
      return "throttled";
    case 500:
      return "failed";
    default:
      return "unreachable";
  }
}

function waitOf({ retryAfterSeconds }: Said, header?: string | null): number | undefined {
  const seconds = header && /^\d{1,6}$/.test(header) ? Number(header) : retryAfterSeconds;
  return seconds === undefined ? undefined : Math.min(seconds * 1_000, MAX_WAIT_MS);
}

function readStatus(body: unknown): Said {
  const status = recordOf(body);
  const details = recordOf(status.details);
  const causes = Array.isArray(details.causes) ? details.causes.map(recordOf) : [];
  return {
    ...(typeof status.reason === "string" && { reason: status.reason }),
    ...(typeof status.message === "string" && { message: status.message }),
    ...(typeof details.retryAfterSeconds === "number" && {
      retryAfterSeconds: details.retryAfterSeconds,
    }),
    causes: causes.map(({ reason, field }) => ({
      ...(typeof reason === "string" && { reason }),
      ...(typeof field === "string" && { field }),
    })),
  };
}
