import assert from "node:assert/strict";
import { type BrokerFacts, judgeBroker } from "./judge_broker.ts";

const pure = { permissions: "none" } as const;

const healthy: BrokerFacts = {
  name: "amqp://guest@mq:5672/%2F",
  exchange: "asya",
  look: { ok: true, version: "4.1.2", hasExchange: true, queues: {} },
  management: { ok: true, exchangeType: "topic", alarms: [], queues: [] },
};

Deno.test("[M10] what is said of a broker", pure, async (t) => {
  const look = (changes: Partial<Extract<BrokerFacts["look"], { ok: true }>>) => ({
    look: { ok: true, version: "4.1.2", hasExchange: true, queues: {}, ...changes } as const,
  });
  const management = (changes: object) => ({
    management: { ok: true, alarms: [], queues: [], ...changes } as const,
  });
  const cases: readonly (readonly [string, Partial<BrokerFacts>, string, RegExp])[] = [
    ["healthy", {}, "ok ok ok", /topic exchange/],
    ["the oldest", look({ version: "3.10.0" }), "ok ok ok", /3\.10\.0/],
    ["an old one", look({ version: "3.9.29" }), "warning ok ok", /nothing older than 3\.10/],
    ["no exchange yet", look({ hasExchange: false }), "ok ok ok", /made by the first sidecar/],
    [
      "an exchange of another type",
      management({ exchangeType: "direct" }),
      "ok broken ok",
      /of type direct, not topic/,
    ],
    ["alarms", management({ alarms: ["memory", "disk"] }), "ok broken", /memory and disk/],
    [
      "no management",
      { management: { ok: false, url: "http://mq:15672", reason: "it answered 401" } },
      "ok unknown",
      /ASYA_RABBITMQ_MANAGEMENT_URL/,
    ],
    [
      "nobody there",
      { look: { ok: false, kind: "unreachable", reason: "connect ECONNREFUSED" } },
      "broken",
      /start RabbitMQ/,
    ],
    [
      "a wrong password",
      { look: { ok: false, kind: "refused", reason: "ACCESS_REFUSED" } },
      "broken",
      /ASYA_RABBITMQ_USERNAME/,
    ],
  ];
  for (const [title, changes, levels, words] of cases) {
    await t.step(title, () => {
      const findings = judgeBroker({ ...healthy, ...changes });
      const seen = findings.map(({ level }) => level).join(" ");
      assert.equal(seen, levels);
      assert.match(JSON.stringify(findings), words);
      for (const { level, why, todo } of findings) {
        assert.equal(level !== "ok", why !== undefined && todo !== undefined);
      }
    });
  }
});
