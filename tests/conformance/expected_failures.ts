import type { ExpectedFailure } from "./judge_scenario.ts";

/** Scenarios whose only check is named as they are. */
function bare(...scenarios: readonly string[]): ExpectedFailure["checks"] {
  return Object.fromEntries(scenarios.map((scenario) => [scenario, [scenario]]));
}

/**
 * What the official suites ask for that a gateway of tools does not offer. What is not offered yet
 * has no place here, and an entry that no longer fails is a failure itself.
 */
export const expectedFailures: readonly ExpectedFailure[] = [
  {
    reason: "A gateway of tools has no resources.",
    checks: {
      ...bare("resources-list", "resources-read-text", "resources-read-binary"),
      ...bare("resources-templates-read", "resources-subscribe", "resources-unsubscribe"),
      "sep-2164-resource-not-found": ["sep-2164-error-code", "sep-2164-data-uri"],
      "caching": [
        "sep-2549-resources-list-caching-hints",
        "sep-2549-resources-templates-list-caching-hints",
      ],
    },
  },
  {
    reason: "A gateway of tools has no prompts.",
    checks: {
      ...bare("prompts-list", "prompts-get-simple", "prompts-get-with-args"),
      ...bare("prompts-get-embedded-resource", "prompts-get-with-image"),
      "caching": ["sep-2549-prompts-list-caching-hints"],
      "input-required-result-non-tool-request": ["sep-2322-non-tool-incomplete"],
    },
  },
  {
    reason: "There is nothing to complete: a tool's schema names what its arguments may be.",
    checks: bare("completion-complete"),
  },
  {
    reason: "What goes on in a job is its progress; the gateway's own log is not for its callers.",
    checks: bare("logging-set-level", "tools-call-with-logging"),
  },
  {
    reason: "The result of a job is JSON; it has no other contents than text and structure.",
    checks: {
      ...bare("tools-call-image", "tools-call-audio", "tools-call-embedded-resource"),
      ...bare("tools-call-mixed-content"),
    },
  },
  {
    reason: "A job that is on its way asks nobody: no sampling, no elicitation, no list of roots.",
    checks: {
      ...bare("tools-call-sampling", "tools-call-elicitation"),
      "elicitation-sep1034-defaults": ["elicitation-sep1034-general"],
      "elicitation-sep1330-enums": ["elicitation-sep1330-general"],
      "input-required-result-basic-elicitation": ["sep-2322-elicitation-incomplete"],
      "input-required-result-basic-list-roots": ["sep-2322-list-roots-incomplete"],
      "input-required-result-basic-sampling": ["sep-2322-sampling-incomplete"],
      "input-required-result-capability-check": ["sep-2322-respect-client-capabilities"],
      "input-required-result-ignore-extra-params": ["sep-2322-ignore-unexpected-params"],
      "input-required-result-missing-input-response": ["sep-2322-missing-response-rerequests"],
      "input-required-result-multi-round": ["sep-2322-multi-round-r1"],
      "input-required-result-multiple-input-requests": ["sep-2322-multiple-inputs-incomplete"],
      "input-required-result-request-state": ["sep-2322-request-state-incomplete"],
      "input-required-result-result-type": ["sep-2322-result-type-included"],
      "input-required-result-tampered-state": ["sep-2322-reject-tampered-state"],
      "tasks-mrtr-composition": ["sep-2663-mrtr-synchronous-before-task-creation"],
      "tasks-mrtr-input": [
        "sep-2663-tasks-get-status-input-required",
        "tasks-mrtr-partial-fulfillment",
      ],
    },
  },
  {
    reason: "No tool needs anything of its caller, so that none is refused for lack of it.",
    checks: {
      "server-stateless": [
        "sep-2575-missing-capability-http-400",
        "sep-2575-server-rejects-undeclared-capability",
      ],
      "tasks-required-task-error": ["sep-2663-server-returns-missing-capability-when-required"],
    },
  },
  {
    reason: "The gateway keeps no sessions: who is cut off comes back for the job, by its id.",
    revision: "2025-11-25",
    checks: {
      "server-sse-multiple-streams": ["server-sse-multiple-streams-session"],
      "server-sse-polling": [
        "server-sse-polling-session",
        "server-sse-priming-event",
        "server-sse-retry-field",
      ],
    },
  },
  {
    reason: "A job that fails is a tool's own error, and the call that it answers went well.",
    checks: { "tasks-lifecycle": ["sep-2663-tasks-get-status-failed"] },
  },
];
