/**
 * Handles one body with happy-end, as its host would, and prints what it answers. A test kills this
 * process in the middle.
 *
 * @module
 */
import { answerContent, type HandlerContext } from "@asya/runtime";
import { noMetrics } from "@asya/runtime/testing";
import { HappyEnd } from "../happy_end.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const ctx: HandlerContext = {
  signal: new AbortController().signal,
  progress() {},
  log: silent,
  jobId: "",
  attempt: 1,
  metrics: noMetrics,
};
const body = await new Response(Deno.stdin.readable).text();
const raw = { body, encoding: "utf8", properties: {} } as const;
const answer = await new HappyEnd().handle({ payload: {}, raw }, ctx);
console.log(JSON.stringify(answerContent(answer)));
