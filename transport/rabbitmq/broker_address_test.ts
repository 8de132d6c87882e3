import assert from "node:assert/strict";
import { type AddressParts, createAddress, describeAddress } from "./broker_address.ts";

const none = { permissions: "none" as const };

const plain = ["amqp://guest@mq:5672/%2F", 5672, "guest", "/", 10] as const;

const cases: [string, AddressParts, string, number, string, string, number][] = [
  ["nothing", {}, "amqp://guest@localhost:5672/%2F", 5672, "guest", "/", 10],
  ["a host", { host: "mq" }, "amqp://guest@mq:5672/%2F", 5672, "guest", "/", 10],
  ["a URL", { url: "amqp://me:p%40ss@mq:1/a" }, "amqp://me@mq:1/a", 1, "p@ss", "a", 10],
  [
    "an encoded vhost",
    { url: "amqp://mq/a%2Fb" },
    "amqp://guest@mq:5672/a%2Fb",
    5672,
    "guest",
    "a/b",
    10,
  ],
  ["an empty vhost", { url: "amqp://mq/" }, "amqp://guest@mq:5672/%2F", 5672, "guest", "/", 10],
  ["TLS", { url: "amqps://mq" }, "amqps://guest@mq:5671/%2F", 5671, "guest", "/", 10],
  ["IPv6", { url: "amqp://[::1]:2/" }, "amqp://guest@[::1]:2/%2F", 2, "guest", "/", 10],
  [
    "a heartbeat",
    { url: "amqp://mq/?heartbeat=3" },
    "amqp://guest@mq:5672/%2F",
    5672,
    "guest",
    "/",
    3,
  ],
  [
    "no heartbeat",
    { url: "amqp://mq/?heartbeat=0" },
    "amqp://guest@mq:5672/%2F",
    5672,
    "guest",
    "/",
    0,
  ],
  ["a heartbeat that is none", { url: "amqp://mq/?heartbeat=-5" }, ...plain],
  ["a word for a heartbeat", { url: "amqp://mq/?heartbeat=slow" }, ...plain],
  ["an endless heartbeat", { url: "amqp://mq/?heartbeat=65536" }, ...plain],
  ["a vhost that is a slash", { url: "amqp://mq/%2f" }, ...plain],
  [
    "a password of every kind",
    { url: "amqp://a%40b:p%3A%2F%25%20%C3%B6@mq" },
    "amqp://a%40b@mq:5672/%2F",
    5672,
    "p:/% ö",
    "/",
    10,
  ],
  [
    "a lone percent sign",
    { url: "amqp://me:50%@mq" },
    "amqp://me@mq:5672/%2F",
    5672,
    "50%",
    "/",
    10,
  ],
  [
    "parts over a URL",
    { url: "amqps://a:b@mq/c", username: "me", password: "p", vhost: "/v" },
    "amqps://me@mq:5671/%2Fv",
    5671,
    "p",
    "/v",
    10,
  ],
];

for (const [what, parts, shown, port, password, vhost, heartbeatS] of cases) {
  Deno.test(`an address of RabbitMQ: ${what}`, none, () => {
    const address = createAddress(parts);
    assert.equal(describeAddress(address), shown);
    assert.deepEqual(
      [address.port, address.password, address.vhost, address.heartbeatS],
      [port, password, vhost, heartbeatS],
    );
  });
}
