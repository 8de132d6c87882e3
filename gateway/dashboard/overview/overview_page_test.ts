import assert from "node:assert/strict";
import { createTestGateway, THREE_STEPS, YAML_ENV } from "../../testing/test_gateway.ts";
import type { ActorOverview, Overview } from "./overview.ts";
import { overviewPage } from "./overview_page.tsx";

const slots = Array(60).fill(0);

function actor(name: string, queue: ActorOverview["queue"]): ActorOverview {
  const depth = [...Array(30).fill(null), ...Array(29).fill(1_200), 7];
  return { name, completed: [...slots, 5], failed: slots, busy_seconds: slots, depth, queue };
}

function show(more: Partial<Overview>): string {
  const overview: Overview = {
    at: "2026-01-31T12:00:00Z",
    slot_seconds: 5,
    jobs: { Pending: 1, Running: 2, Succeeded: 3, Failed: 4 },
    rates: { started: slots, succeeded: [...slots.slice(1), 10], failed: slots },
    actors: [],
    dead_letters: 0,
    ...more,
  };
  return String(overviewPage({ overview, recent: [], now: new Date() }).main);
}

Deno.test("[B5] a queue that is missing, or that nobody takes from, is marked", () => {
  const html = show({
    actors: [
      actor("good", { ready: 3, consumers: 2 }),
      actor("idle", { ready: 1_200, consumers: 0 }),
      actor("lost", null),
      actor("silent", { ready: 0, consumers: null }),
    ],
  });
  assert.equal(html.match(/nobody takes from it/g)?.length, 1);
  assert.equal(html.match(/no such queue/g)?.length, 1);
  assert.match(html, />1\u202f200</);
});

Deno.test("[B5] where no queue tells who takes from it, nothing is said of that", () => {
  const html = show({ actors: [actor("a", { ready: 0, consumers: null }), actor("b", null)] });
  assert.doesNotMatch(html, /Consumers|nobody takes/);
});

Deno.test("[B1] every line is told in words too", () => {
  const html = show({ actors: [actor("ocr", null)] });
  assert.equal(html.match(/<svg/g)?.length, html.match(/role="img" aria-label="[^"]{20}/g)?.length);
  assert.match(html, /Jobs that ended per second, in 5 minutes: 0 to 2.0, 2.0 at the end/);
  assert.match(html, /Messages of ocr per second, in 5 minutes: 0 to 1.0, 1.0 at the end/);
  assert.match(
    html,
    /waited for ocr, in 5 minutes: 7 to 1\u202f200, 7 at the end, not known for 50 % of the time/,
  );
});

Deno.test("[B2] the name of an actor is shown as it is, and does nothing", () => {
  const html = show({ actors: [actor(`"><script>alert(1)</script>\u202e`, null)] });
  assert.doesNotMatch(html, /<script|<th[^>]*>[^<]*\u202e/);
  assert.match(html, /&lt;script&gt;.*\\u\{202e\}/);
});

Deno.test("[A1] who may not see everything is led to their own jobs", {
  permissions: { env: YAML_ENV },
}, async () => {
  const bench = createTestGateway({
    tools: THREE_STEPS,
    env: {
      ASYA_AUTH: "token",
      ASYA_API_TOKENS: "ada=secret-of-ada,root/jobs:admin=secret-of-root",
    },
  });
  const placeOf = async (token: string) => {
    const response = await bench.get("/", { authorization: `Bearer ${token}` });
    await response.body?.cancel();
    return [response.status, response.headers.get("location")];
  };
  assert.deepEqual(await placeOf("secret-of-ada"), [303, "/dashboard/jobs"]);
  assert.deepEqual(await placeOf("secret-of-root"), [200, null]);
});
