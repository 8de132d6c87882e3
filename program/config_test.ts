import assert from "node:assert/strict";
import { defineSettings, envNames, parseSettings, secretsOf } from "./config.ts";
import { boolean, choice, duration, integer, list, octal, retired, text, url } from "./setting.ts";

const permissions = "none";

const settings = defineSettings({
  queueName: text({ env: "ASYA_QUEUE_NAME", required: true, doc: "the queue" }),
  timeoutMs: duration({ env: "ASYA_RUNTIME_TIMEOUT", default: "5m", doc: "the longest call" }),
  prefetch: integer({ env: "ASYA_PREFETCH", default: 1, min: 1, doc: "messages at a time" }),
  socketMode: octal({ env: "ASYA_SOCKET_CHMOD", default: "0o660", doc: "the socket's mode" }),
  metadata: boolean({
    env: "ASYA_INCLUDE_METADATA",
    default: false,
    doc: "whole messages",
    aliases: [{
      env: "ASYA_HANDLER_ARG_TYPE",
      values: { payload: "false", message: "true" },
    }],
  }),
  region: text({ env: "ASYA_S3_REGION", doc: "where", aliases: [{ env: "AWS_REGION" }] }),
  token: text({ env: "ASYA_TOKEN", secret: true, pattern: /^\w+$/, allowed: "letters", doc: "t" }),
  broker: url({
    env: "ASYA_RABBITMQ_URL",
    protocols: ["amqp"],
    default: "amqp://guest:guest@localhost",
    doc: "the broker",
  }),
  tokens: list({ env: "ASYA_API_TOKENS", secret: true, doc: "who may call" }),
  validation: retired({ env: "ASYA_ENABLE_VALIDATION", doc: "outputs are always checked" }),
  transport: choice({
    env: "ASYA_TRANSPORT",
    choices: ["sqlite", "rabbitmq"],
    default: "sqlite",
    doc: "the broker's kind",
    impliedBy: [{ env: "ASYA_RABBITMQ_URL", text: "rabbitmq" }],
  }),
});

function parse(env: Record<string, string>, known: string[] = []) {
  return parseSettings(settings, env, known);
}

function configOf(env: Record<string, string>) {
  const parsed = parse({ ASYA_QUEUE_NAME: "q", ...env });
  assert(parsed.ok, parsed.ok ? "" : parsed.problems.join("; "));
  return parsed;
}

Deno.test("[C1] defaults stand in for what is not set or empty", { permissions }, () => {
  const { config, notices } = configOf({ ASYA_PREFETCH: "", ASYA_TOKEN: " " });
  assert.equal(config.prefetch, 1);
  assert.equal(config.timeoutMs, 300_000);
  assert.equal(config.token, undefined);
  assert.equal(config.socketMode, 0o660);
  assert.deepEqual(notices, []);
});

Deno.test("[C1] another variable counts more than a default, and less than itself", {
  permissions,
}, () => {
  const transportOf = (env: Record<string, string>) => configOf(env).config.transport;
  const broker = { ASYA_RABBITMQ_URL: "amqp://mq" };
  assert.equal(transportOf({}), "sqlite");
  assert.equal(transportOf({ ASYA_RABBITMQ_URL: " " }), "sqlite");
  assert.equal(transportOf(broker), "rabbitmq");
  assert.equal(transportOf({ ...broker, ASYA_TRANSPORT: "sqlite" }), "sqlite");
});

Deno.test("[C1] an empty variable is a value where the kind says so", { permissions }, () => {
  assert.equal(configOf({ ASYA_SOCKET_CHMOD: "" }).config.socketMode, undefined);
});

Deno.test("[C1] every problem is reported at once", { permissions }, () => {
  const parsed = parse({ ASYA_PREFETCH: "0", ASYA_RUNTIME_TIMEOUT: "soon" });
  assert.deepEqual(parsed.ok ? [] : parsed.problems, [
    "ASYA_QUEUE_NAME is not set; it is required (the queue)",
    'ASYA_RUNTIME_TIMEOUT is "soon"; allowed: seconds, or a duration such as 250ms, 5m or 1h30m',
    'ASYA_PREFETCH is "0"; allowed: a whole number, 1 or more',
  ]);
});

Deno.test("[C2] a secret that is wrong is not shown", { permissions }, () => {
  const parsed = parse({ ASYA_QUEUE_NAME: "q", ASYA_TOKEN: "hush hush" });
  assert.deepEqual(parsed.ok ? [] : parsed.problems, [
    "ASYA_TOKEN holds a value that is not allowed (not shown: it is a secret); allowed: letters",
  ]);
});

Deno.test("[C2] the password of a wrong URL is not shown", { permissions }, () => {
  const parsed = parse({ ASYA_QUEUE_NAME: "q", ASYA_RABBITMQ_URL: "ampq://me:hush@host/a b" });
  assert(!parsed.ok);
  assert.match(parsed.problems.join(), /"ampq:\/\/me:\*\*\*@host\/a b"/);
});

Deno.test("[C2] secrets are secret values and passwords, not defaults", { permissions }, () => {
  const { config } = configOf({
    ASYA_TOKEN: "alpha",
    ASYA_RABBITMQ_URL: "amqp://me:p%40ss@host",
    ASYA_API_TOKENS: "one,two",
  });
  assert.deepEqual(secretsOf(settings, config), ["alpha", "p%40ss", "p@ss", "one", "two"]);
  assert.deepEqual(secretsOf(settings, configOf({}).config), []);
});

Deno.test("[C3] an older name is accepted with a notice", { permissions }, () => {
  const { config, notices } = configOf({ AWS_REGION: "eu-1", ASYA_HANDLER_ARG_TYPE: "message" });
  assert.equal(config.region, "eu-1");
  assert.equal(config.metadata, true);
  assert.deepEqual(notices, [
    "ASYA_HANDLER_ARG_TYPE is an older name; please set ASYA_INCLUDE_METADATA instead",
    "AWS_REGION is an older name; please set ASYA_S3_REGION instead",
  ]);
});

Deno.test("[C3] an older name gives way to the present one", { permissions }, () => {
  const { config, notices } = configOf({ AWS_REGION: "eu-1", ASYA_S3_REGION: "eu-2" });
  assert.equal(config.region, "eu-2");
  assert.deepEqual(notices, ["AWS_REGION is ignored, since ASYA_S3_REGION is set"]);
});

Deno.test("[C3] an older value without a meaning is a problem", { permissions }, () => {
  const parsed = parse({ ASYA_QUEUE_NAME: "q", ASYA_HANDLER_ARG_TYPE: "toString" });
  assert.deepEqual(parsed.ok ? [] : parsed.problems, [
    'ASYA_HANDLER_ARG_TYPE is "toString"; allowed: payload, message',
  ]);
});

Deno.test("[C3] a retired setting draws a notice", { permissions }, () => {
  assert.deepEqual(configOf({ ASYA_ENABLE_VALIDATION: "true" }).notices, [
    "ASYA_ENABLE_VALIDATION has no effect any more: outputs are always checked",
  ]);
});

Deno.test("[C4] an unknown name draws a notice with the nearest one", { permissions }, () => {
  const env = { ASYA_QUEUE_NMAE: "q", ASYA_SQLITE_PTH: "x", ASYA_COLOUR: "red", OTHER: "1" };
  const parsed = parse(env, ["ASYA_SQLITE_PATH"]);
  assert.deepEqual(parsed.notices, [
    "ASYA_COLOUR is not a setting of any program",
    "ASYA_QUEUE_NMAE is not a setting of any program; did you mean ASYA_QUEUE_NAME?",
    "ASYA_SQLITE_PTH is not a setting of any program; did you mean ASYA_SQLITE_PATH?",
  ]);
});

Deno.test("[C4] another program's setting draws none", { permissions }, () => {
  const parsed = parse({ ASYA_QUEUE_NAME: "q", ASYA_SQLITE_PATH: "x" }, ["ASYA_SQLITE_PATH"]);
  assert.deepEqual(parsed.notices, []);
});

Deno.test("the values are of the types that their settings read", { permissions }, () => {
  const { config } = configOf({});
  const certain: [string, number, boolean] = [config.queueName, config.timeoutMs, config.metadata];
  // @ts-expect-error: not required and without a default
  const uncertain: string = config.region;
  assert.deepEqual(certain, ["q", 300_000, false]);
  assert.equal(uncertain, undefined);
});

Deno.test("the values cannot be changed", { permissions }, () => {
  assert(Object.isFrozen(configOf({}).config));
});

Deno.test("a schema with two settings of one variable is refused", { permissions }, () => {
  const one = text({ env: "ASYA_X", doc: "one" });
  assert.throws(() => defineSettings({ one, two: one }), /two settings read ASYA_X/);
});

Deno.test("a schema with a default that is not allowed is refused", { permissions }, () => {
  const wrong = duration({ env: "ASYA_X", doc: "one", default: "soon" });
  assert.throws(() => defineSettings({ wrong }), /the default of ASYA_X is "soon"/);
});

Deno.test("names include the older ones", { permissions }, () => {
  assert(envNames(settings).includes("AWS_REGION"));
  assert.equal(new Set(envNames(settings)).size, 13);
});
