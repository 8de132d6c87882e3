import assert from "node:assert/strict";
import { failedWorkOf, meaningOf, readReport, wireFailureOf, wireReplyOf } from "./meaning.ts";
import { type Bytes, type FrameVector, makeFrames, makeIdentity, makeSessions } from "./make.ts";
import {
  advance,
  checkHops,
  checkRewrite,
  clearStepBookkeeping,
  createFailure,
  encodeFrame,
  FAILURE_CODES,
  FrameDecoder,
  gatherBranches,
  isHello,
  isJsonObject,
  isOwnMessageId,
  jobIdOf,
  type JsonObject,
  measuresJson,
  memoryCodeOf,
  messageIdOf,
  objectKey,
  parseBranch,
  parseClientFrame,
  parseClientHello,
  parseErrorEnvelope,
  parseHostFrame,
  parseHostHello,
  parseJson,
  parseMessage,
  parseReply,
  readBookkeeping,
  toListReply,
  toObjectReply,
  toWire,
  wrapFailure,
} from "../mod.ts";
import bookkeeping from "./bookkeeping.json" with { type: "json" };
import envelopes from "./error_envelopes.json" with { type: "json" };
import failures from "./failures.json" with { type: "json" };
import frames from "./frames.json" with { type: "json" };
import identity from "./identity.json" with { type: "json" };
import lineage from "./lineage.json" with { type: "json" };
import messages from "./messages.json" with { type: "json" };
import objectKeys from "./object_keys.json" with { type: "json" };
import replies from "./replies.json" with { type: "json" };
import reports from "./reports.json" with { type: "json" };
import routes from "./routes.json" with { type: "json" };
import sessions from "./sessions.json" with { type: "json" };

const encoder = new TextEncoder();

function bytesOf(bytes: Bytes): Uint8Array {
  const parts = typeof bytes === "string" ? [bytes] : bytes;
  return Uint8Array.fromHex(
    parts.map((part) => typeof part === "string" ? part : part.hex.repeat(part.times)).join(""),
  );
}

function bodyOf(vector: { body?: string; body_hex?: string }): Uint8Array {
  return vector.body === undefined
    ? Uint8Array.fromHex(vector.body_hex ?? "")
    : encoder.encode(vector.body);
}

/** Runs one test per vector, named after it. */
function replay<T extends { name: string }>(
  promise: string,
  file: string,
  vectors: readonly T[],
  check: (vector: T) => void,
): void {
  for (const vector of vectors) {
    Deno.test({
      name: `[${promise}] ${file}: ${vector.name}`,
      permissions: "none",
      fn: () => check(vector),
    });
  }
}

Deno.test({
  name: "the made files are what make.ts makes",
  permissions: "none",
  fn() {
    assert.deepEqual(frames, makeFrames());
    assert.deepEqual(sessions, makeSessions());
    assert.deepEqual(identity, makeIdentity());
  },
});

/** Where to cut a stream in two: everywhere, or around what matters in a long one. */
function cutsOf(length: number): number[] {
  const all = Array.from({ length: length + 1 }, (_, cut) => cut);
  return length <= 2000 ? all : all.filter((cut) => cut < 600 || cut > length - 600);
}

replay("W3", "frames", frames.cases as FrameVector[], (vector) => {
  const bytes = bytesOf(vector.bytes);
  const streams = cutsOf(bytes.length).map((cut) => [bytes.subarray(0, cut), bytes.subarray(cut)]);
  streams.push(Array.from(bytes, (byte) => new Uint8Array([byte])));
  for (const chunks of streams) {
    const decoder = new FrameDecoder(vector.max_bytes);
    const decoded = chunks.map((chunk) => decoder.push(chunk));
    assert.deepEqual(decoded.flatMap((part) => part.frames), vector.frames.map(bytesOf));
    assert.equal(decoder.pendingBytes, vector.pending_bytes);
    const refused = decoded.some((part) => part.failure?.code === "frame_too_large");
    assert.equal(refused, vector.end === "frame_too_large");
    if (!refused) {
      assert.equal(decoder.pendingBytes > 0, vector.end === "inside_a_frame");
    }
  }
});

replay("W1", "messages", messages.accepted, (vector) => {
  const parsed = parseMessage(bodyOf(vector));
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.failure.message);
  assert.deepEqual(meaningOf(parsed.message), vector.meaning);
  if (!("sent_on" in vector)) return;
  const { message } = parsed;
  const sentOn = { ...message, route: clearStepBookkeeping(advance(message.route)) };
  assert.deepEqual(toWire(sentOn), vector.sent_on);
});

replay("W5", "messages, malformed", messages.malformed, (vector) => {
  const parsed = parseMessage(bodyOf(vector));
  assert.ok(!parsed.ok);
  assert.equal(parsed.failure.code, "malformed_message");
  assert.notEqual(parsed.failure.message, "");
});

replay("W2", "bookkeeping", bookkeeping.cases, (vector) => {
  const metadata = objectOf(vector.metadata);
  const steps = ["a", "b", "c"];
  const { notBefore, ...read } = readBookkeeping({ steps, current: vector.current, metadata });
  assert.deepEqual({ ...read, ...(notBefore && { not_before: notBefore }) }, vector.meaning);
});

Deno.test({
  name: "[W9] routes: hops",
  permissions: "none",
  fn() {
    for (const { steps, current, max_hops, allowed } of routes.hops) {
      const refused = checkHops({ steps, current, metadata: {} }, max_hops);
      assert.equal(refused?.code, allowed ? undefined : "route_error");
    }
  },
});

replay("W9", "routes, rewrites", routes.rewrites, (vector) => {
  const after: { steps: string[]; current?: number } = vector.after;
  const refused = checkRewrite({ ...vector.before, metadata: {} }, after.steps, after.current);
  assert.equal(refused?.code, vector.allowed ? undefined : "processing_error");
});

replay("W7", "replies", replies.understood, (vector) => {
  const parsed = parseJson(bodyOf(vector));
  assert.ok(parsed.ok);
  const got = wireReplyOf(parseReply(parsed.value));
  const { failure } = objectOf(vector.meaning);
  const said = isJsonObject(failure) && isJsonObject(got.failure)
    ? { ...got, failure: only(Object.keys(failure), got.failure) }
    : got;
  assert.deepEqual(said, vector.meaning);
});

replay("W7", "replies, illegal", replies.illegal, (vector) => {
  const parsed = parseJson(bodyOf(vector));
  assert.ok(parsed.ok);
  const reply = parseReply(parsed.value);
  assert.equal(reply.kind, "failure");
  assert.equal(reply.kind === "failure" && reply.failure.code, "processing_error");
  assert.equal(reply.kind === "failure" && reply.failure.severity, "fatal");
});

replay("W8", "replies, encoded", replies.encoded, (vector) => {
  const reply = parseReply(objectOf(vector.object));
  assert.deepEqual(wireReplyOf(reply), vector.meaning);
  assert.deepEqual(toObjectReply(reply), vector.object);
  const received = parseMessage({ route: objectOf(vector.received_route), payload: 0 });
  assert.ok(received.ok);
  const { message } = received;
  if (vector.list === null) {
    assert.throws(() => toListReply(reply, message.route, message), TypeError);
  } else {
    assert.deepEqual(toListReply(reply, message.route, message), vector.list);
  }
});

replay("W3", "sessions", sessions.cases, (vector) => {
  const frame = bytesOf(vector.frame);
  assert.deepEqual(encodeFrame(encoder.encode(vector.body)), frame);
  for (let cut = 0; cut <= frame.length; cut++) {
    const decoder = new FrameDecoder();
    const first = decoder.push(frame.subarray(0, cut)).frames;
    const [body] = [...first, ...decoder.push(frame.subarray(cut)).frames];
    assert.ok(body);
    assert.deepEqual(sessionMeaning(vector.from as "client" | "host", body), vector.meaning);
  }
});

function sessionMeaning(from: "client" | "host", body: Uint8Array): unknown {
  if (isHello(body)) {
    const parsed = from === "client" ? parseClientHello(body) : parseHostHello(body);
    return parsed.ok ? { kind: "hello", ...parsed.frame } : null;
  }
  const parsed = from === "client" ? parseClientFrame(body) : parseHostFrame(body);
  if (!parsed.ok) return null;
  if (parsed.frame.kind === "reply") {
    return { ...parsed.frame, reply: wireReplyOf(parsed.frame.reply) };
  }
  if (parsed.frame.kind === "measure") {
    return { ...parsed.frame, measures: measuresJson(parsed.frame.measures) };
  }
  const { timeoutMs, ...frame } = { timeoutMs: undefined, ...parsed.frame };
  return { ...frame, ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }) };
}

Deno.test({
  name: "[W5] failures: the table of codes is complete, with its defaults",
  permissions: "none",
  fn() {
    assert.deepEqual(failures.defaults.map(({ code }) => code), [...FAILURE_CODES]);
    for (const { code, severity, retry_after } of failures.defaults) {
      const failure = createFailure(code, "m");
      assert.equal(failure.severity, severity, code);
      assert.equal(failure.retryAfterSeconds, retry_after, code);
    }
  },
});

Deno.test({
  name: "[R4] failures: the words of memory exhaustion",
  permissions: "none",
  fn() {
    for (const { type, text, code } of failures.memory) {
      assert.equal(memoryCodeOf(type, text) ?? null, code, `${type}: ${text}`);
    }
  },
});

Deno.test({
  name: "[D13] lineage: parsed",
  permissions: "none",
  fn() {
    for (const { branch, segments } of lineage.parsed) {
      assert.deepEqual(parseBranch(branch) ?? null, segments, branch);
    }
  },
});

replay("D13", "lineage", lineage.gathered, (vector) => {
  const { complete, failed, results } = vector;
  const reports = vector.reports as Parameters<typeof gatherBranches>[0];
  assert.deepEqual(gatherBranches(reports), { complete, failed, results });
});

Deno.test({
  name: "[W11] identity: ids of messages and of jobs",
  permissions: "none",
  fn() {
    for (const { message_id, ...origin } of identity.message_ids) {
      assert.equal(messageIdOf(origin), message_id);
    }
    for (const { id, own } of identity.own_form) assert.equal(isOwnMessageId(id), own, id);
    for (const { message_id, job_id } of identity.job_ids) {
      assert.equal(jobIdOf(message_id), job_id);
    }
  },
});

replay("D10", "object keys", objectKeys.cases, (vector) => {
  const { prefix, at, steps, current, job_id: jobId } = vector;
  const branch = "branch" in vector ? vector.branch : undefined;
  const route = { steps, current, metadata: {} };
  assert.equal(objectKey({ prefix, at: new Date(at), route, jobId, branch }), vector.key);
});

replay("W10", "error envelopes, wrapped", envelopes.wrapped, (vector) => {
  const body = bodyOf(vector);
  const got = wrapFailure(failedWorkOf({ ...vector, bytes: body }), vector.max_bytes);
  if ("envelope" in vector) {
    assert.equal(got.failureHeader, undefined);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(got.body)), vector.envelope);
    assert.deepEqual(parseErrorEnvelope(got.body).body, body);
  } else {
    assert.deepEqual(got.body, body);
    assert.deepEqual(JSON.parse(got.failureHeader ?? ""), vector.header);
  }
});

replay("W10", "error envelopes, read", envelopes.read, (vector) => {
  const header = "header" in vector ? vector.header : undefined;
  const got = parseErrorEnvelope(bodyOf(vector), header);
  const { failure, original, original_hex, payload, message_job_id, ...rest } = objectOf(
    vector.meaning,
  );
  const saidKeys = Object.keys(objectOf(failure));
  assert.deepEqual(only(saidKeys, wireFailureOf(got.failure)), failure);
  assert.deepEqual(
    got.body,
    bodyOf({ body: original, body_hex: original_hex } as { body?: string; body_hex?: string }),
  );
  assert.deepEqual(got.message?.payload, payload);
  if (message_job_id !== undefined) assert.equal(got.message?.jobId, message_job_id);
  const { jobId, step, actor, attempt } = got;
  const read = { job_id: jobId, attempt, ...(step && { step }), ...(actor && { actor }) };
  assert.deepEqual(read, rest);
});

function objectOf(value: unknown): JsonObject {
  assert.ok(isJsonObject(value));
  return value;
}

function only(keys: string[], value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

replay("W13", "reports", reports.cases, ({ kind, body, meaning, refused }) => {
  const parsed = parseJson(body);
  assert(parsed.ok);
  const read = readReport(kind, parsed.value);
  if (refused === undefined) return assert.deepEqual(read, { meaning });
  assert("problems" in read);
  assert.deepEqual(read.problems.map((problem) => problem.split(" is ")[0]), refused);
});
