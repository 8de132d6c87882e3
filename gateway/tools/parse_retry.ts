import { nearestName, parseDuration } from "@asya/program";
import {
  isJsonObject,
  isQueueName,
  type JsonObject,
  readRetryPolicy,
  RETRY_KEYS,
  type RetryPolicies,
  type RetryPolicy,
  retryToWire,
  TERMINAL_QUEUES,
} from "@asya/protocol";
import type { Located } from "./located.ts";

/**
 * Reads policies of retry by the steps they are for.
 *
 * @param retry the value of `retry`; whatever is wrong with it is added to its document's problems
 * @example
 * ```ts
 * import { parseRetry } from "./parse_retry.ts";
 * import { Located } from "./located.ts";
 * import { parseYaml } from "./yaml_document.ts";
 * import assert from "node:assert/strict";
 *
 * const yaml = parseYaml("tools.yaml", "{ ocr: { attempts: 5, base: 500ms } }");
 * assert(yaml.ok);
 * const retry = parseRetry(new Located(yaml.document, []));
 * assert.deepEqual(retry, { ocr: { attempts: 5, baseMs: 500 } });
 * ```
 */
export function parseRetry(retry: Located): RetryPolicies {
  if (retry.isMissing) return {};
  const policies = retry.entries("an object of policies by step").map(
    ([step, policy]): [string, RetryPolicy] => {
      checkStep(step, policy);
      return [step, parsePolicy(policy)];
    },
  );
  return Object.fromEntries(policies);
}

/**
 * Policies as a tool's jobs carry them. Those of steps that are not on the tool's route are carried
 * too, since a handler may change the rest of it.
 *
 * @param all the policies that every tool has
 * @param own those of the tool itself, which count more, key by key
 * @example
 * ```ts
 * import { mergeRetry } from "./parse_retry.ts";
 * import assert from "node:assert/strict";
 * const all = { ocr: { attempts: 5, baseMs: 500 } };
 * assert.deepEqual(mergeRetry(all, { ocr: { attempts: 1 } }), { ocr: { attempts: 1, base: 0.5 } });
 * ```
 */
export function mergeRetry(all: RetryPolicies, own: RetryPolicies): JsonObject {
  const steps = new Set([...Object.keys(all), ...Object.keys(own)]);
  return Object.fromEntries(
    [...steps].map((step) => [step, retryToWire({ ...all[step], ...own[step] })]),
  );
}

function checkStep(step: string, policy: Located): void {
  if (Object.values<string>(TERMINAL_QUEUES).includes(step)) {
    policy.fail(`${step} tries again by itself, for ever; allowed: steps of routes`, "key");
  } else if (!isQueueName(step)) {
    policy.fail(`${JSON.stringify(step)} is no queue's name; allowed: steps of routes`, "key");
  }
}

function parsePolicy(policy: Located): RetryPolicy {
  if (!isJsonObject(policy.value)) {
    return policy.refuse(`an object with ${RETRY_KEYS.join(", ")}`, {});
  }
  policy.allowKeys(RETRY_KEYS);
  return readRetryPolicy({
    value: (key) => policy.at(key).isMissing ? undefined : policy.at(key).value,
    refuse(key, allowed, item) {
      const wrong = policy.at(key);
      (item === undefined ? wrong : wrong.at(item)).refuse(allowed, undefined);
    },
    readDuration: parseDuration,
    nearestName,
  });
}
