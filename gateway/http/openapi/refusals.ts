/** Why a caller may be turned away from every operation that needs a scope. */
export const CALLER_REFUSALS = {
  401: "No token, or none that is accepted.",
  403: "The token lacks the scope, or the request's Host or Origin is not allowed.",
  429: "The caller asks too often, or has too many streams open.",
  503: "Jobs or tokens cannot be looked at in this moment.",
} as const;

/** Why a report may be turned away. */
export const REPORT_REFUSALS = {
  401: "Reports need the internal token.",
  403: "The request's Host or Origin is not allowed.",
  503: "Jobs cannot be stored or read at this moment.",
} as const;

/** What may be wrong with a body. */
export const BODY_REFUSALS = {
  400: "The body is no JSON, or not what is described here.",
  413: "The body, or the message made of it, is too large.",
  415: "The body is declared as something other than JSON in UTF-8 without a content encoding.",
} as const;

/** About a job that is not there, or not for this caller to know of. */
export const NO_JOB = { 404: "There is no such job, or it is somebody else's." } as const;
