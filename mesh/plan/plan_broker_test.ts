import assert from "node:assert/strict";
import { planBroker } from "./plan_broker.ts";

const pure = { permissions: "none" } as const;

function envOf(url: string, caller: Record<string, string>): Readonly<Record<string, string>> {
  const plan = planBroker(url, caller, "/home/ada");
  assert(plan.ok, JSON.stringify(plan));
  return plan.env;
}

Deno.test("[M7] what the caller's environment says of RabbitMQ goes to its clients", pure, () => {
  const caller = {
    ASYA_RABBITMQ_USERNAME: "ada",
    ASYA_RABBITMQ_PASSWORD: "s3cret",
    ASYA_RABBITMQ_CA_FILE: "ca.pem",
    ASYA_RABBITMQ_CERT_FILE: "/etc/ada.pem",
    ASYA_RABBITMQ_KEY_FILE: "/etc/ada.key",
    ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
    ASYA_RABBITMQ_VHOST: " ",
    ASYA_RABBITMQ_PREFETCH: "7",
    ASYA_LOG_LEVEL: "DEBUG",
    HOME: "/home/ada",
  };
  assert.deepEqual(envOf("amqps://mq", caller), {
    ASYA_TRANSPORT: "rabbitmq",
    ASYA_RABBITMQ_URL: "amqps://mq",
    ASYA_RABBITMQ_USERNAME: "ada",
    ASYA_RABBITMQ_PASSWORD: "s3cret",
    ASYA_RABBITMQ_CA_FILE: "/home/ada/ca.pem",
    ASYA_RABBITMQ_CERT_FILE: "/etc/ada.pem",
    ASYA_RABBITMQ_KEY_FILE: "/etc/ada.key",
    ASYA_RABBITMQ_QUEUE_TYPE: "quorum",
  });
});

Deno.test(
  "[M7] a URL takes the place of the one in the environment, rabbitmq means it",
  pure,
  () => {
    const place = { ASYA_RABBITMQ_HOST: "other", ASYA_RABBITMQ_PORT: "5673" };
    assert.deepEqual(envOf("amqp://mq", place), {
      ASYA_TRANSPORT: "rabbitmq",
      ASYA_RABBITMQ_URL: "amqp://mq",
    });
    assert.deepEqual(envOf("rabbitmq", place), { ASYA_TRANSPORT: "rabbitmq", ...place });
  },
);

Deno.test(
  "[C1] [C2] [M7] everything that is wrong is told at once, without passwords",
  pure,
  async (t) => {
    const cases: readonly (readonly [string, Record<string, string>, readonly RegExp[]])[] = [
      ["amqp://me:s3cret@:5672/", {}, [
        /^ASYA_RABBITMQ_URL is "amqp:\/\/me:\*\*\*@:5672\/"; allowed/,
      ]],
      ["amqp:///vhost", {}, [/names no host/]],
      ["rabbitmq", {}, [/neither ASYA_RABBITMQ_URL nor ASYA_RABBITMQ_HOST is set/]],
      ["amqp://mq", { ASYA_RABBITMQ_QUEUE_TYPE: "stream", ASYA_RABBITMQ_EXCHANGE: "a b" }, [
        /^ASYA_RABBITMQ_EXCHANGE is "a b"/,
        /^ASYA_RABBITMQ_QUEUE_TYPE is "stream"/,
      ]],
      ["amqp://mq", { ASYA_RABBITMQ_CA_FILE: "/a,b", ASYA_RABBITMQ_KEY_FILE: "/k" }, [
        /KEY_FILE is set and ASYA_RABBITMQ_CERT_FILE is not/,
        /not over TLS/,
        /^ASYA_RABBITMQ_CA_FILE is "\/a,b"; allowed: a path without a comma$/,
      ]],
    ];
    for (const [url, caller, expected] of cases) {
      await t.step(`${url} ${Object.keys(caller)}`, () => {
        const plan = planBroker(url, caller, "/");
        assert(!plan.ok);
        assert.equal(plan.problems.length, expected.length, plan.problems.join("\n"));
        expected.forEach((pattern, index) => assert.match(plan.problems[index] ?? "", pattern));
        assert.doesNotMatch(plan.problems.join(), /s3cret/);
      });
    }
  },
);

Deno.test("[C4] a name that nobody knows is told with the nearest one", pure, () => {
  const plan = planBroker("amqp://mq", { ASYA_RABBITMQ_QUEUETYPE: "quorum" }, "/");
  assert.match(plan.ok ? plan.notices.join() : "", /ASYA_RABBITMQ_QUEUE_TYPE/);
});
