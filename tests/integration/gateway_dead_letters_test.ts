/**
 * Dead letters of a whole mesh on RabbitMQ, as the gateway shows, replays and purges them, also when
 * it is killed amidst it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, GatewayClient, poll, TestMesh } from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();

const YAML = `
name: letters
actors:
  - { name: odd, handler: ./odd.ts#act }
  - { name: after, handler: ./odd.ts#echo }
tools:
  - name: act
    parameters: { do: { type: string }, n: { type: integer } }
    route: [odd, after]
    timeout: 60
`;

const LETTERS = 16;

/** Asks a gateway that may be starting again. */
class Asker {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(method: string, path: string, body?: object) {
    const response = await fetch(this.#url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async letters() {
    const { status, body } = await this.ask("GET", "/dead-letters");
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  replay(id: string, wish: object) {
    return this.ask("POST", `/dead-letters/${id}/replay`, wish);
  }
}

Deno.test({
  name:
    "[L2] [L3] [L4] dead letters of a mesh on RabbitMQ outlive their gateway, and are replayed once",
  ignore: rabbitmq.isMissing,
  async fn(t) {
    await using vhost = await rabbitmq.createVhost();
    await using mesh = await TestMesh.start({
      yaml: YAML,
      handlersIn: "tests/integration/handlers",
      vhost,
    });
    const gateway = new GatewayClient(mesh.gatewayUrl);
    const asker = new Asker(mesh.gatewayUrl);
    const jobIds = await Promise.all(
      Array.from(
        { length: LETTERS },
        (_, n) => gateway.call("act", { do: "throw a TypeError", n }),
      ),
    );
    const listed = await poll("all letters", async () => {
      const page = await asker.letters();
      return page.dead_letters.length === LETTERS && page;
    }, { timeoutMs: 30_000, everyMs: 200 });

    await t.step("what failed is shown, and shown again", async () => {
      assert.deepEqual([listed.scanned, listed.complete], [LETTERS, true]);
      const [letter] = listed.dead_letters;
      assert.deepEqual(
        [letter.error, letter.message, letter.step, letter.tool, letter.from, letter.replayable],
        ["processing_error", "no such page", "odd", "act", "error-end", true],
      );
      const ids = listed.dead_letters.map(({ job_id }: { job_id: string }) => job_id);
      assert.deepEqual([...ids].sort(), [...jobIds].sort());
      const { body } = await asker.ask("GET", `/dead-letters/${letter.id}`);
      assert.equal(body.payload.do, "throw a TypeError");
      assert.match(body.error_details.stack, /odd\.ts/);
      assert.deepEqual((await asker.letters()).dead_letters, listed.dead_letters);
    });

    await t.step(
      "a gateway that is killed amidst replays loses no letter and makes no job twice",
      async () => {
        const wish = { payload: { do: "echo" } };
        const program = [...mesh.processes.values()].find(({ plan }) =>
          plan.name.startsWith("gateway")
        );
        assert(program);
        const replays = listed.dead_letters.map(({ id }: { id: string }) => asker.replay(id, wish));
        await Promise.any(replays);
        program.now.signal("SIGKILL");
        const answers = await Promise.allSettled(replays);
        const isCut = answers.some(({ status }) => status === "rejected");
        assert.ok(isCut, "the gateway was killed too late for this to prove anything");
        await poll("the next gateway", async () => {
          const response = await fetch(`${mesh.gatewayUrl}/readyz`).catch(() => undefined);
          await response?.body?.cancel();
          return response?.ok;
        }, { timeoutMs: 20_000, everyMs: 100 });
        for (const { id } of listed.dead_letters) {
          const again = await poll("an answer", async () => {
            const answer = await asker.replay(id, wish);
            return answer.status !== 503 && answer;
          }, { timeoutMs: 20_000, everyMs: 100 });
          assert.equal(again.status, 200, JSON.stringify(again.body));
        }
        assert.deepEqual((await asker.letters()).dead_letters, []);
        const jobs = await poll("the end of all replays", async () => {
          const { body } = await asker.ask("GET", "/jobs?limit=500");
          const replayed = body.jobs.filter(({ replay_of }: { replay_of?: string }) => replay_of);
          return replayed.every(({ status }: { status: string }) => status === "Succeeded") &&
            replayed;
        }, { timeoutMs: 30_000, everyMs: 100 });
        const replayed = jobs.map(({ replay_of }: { replay_of: string }) => replay_of);
        assert.deepEqual(replayed.sort(), [...jobIds].sort());
      },
    );

    await t.step("what is purged is gone, and the overview has counted", async () => {
      await gateway.call("act", { do: "throw a TypeError", n: 99 });
      const letter = await poll("one more letter", async () => {
        return (await asker.letters()).dead_letters[0];
      }, { timeoutMs: 20_000, everyMs: 100 });
      const purge = () => asker.ask("DELETE", `/dead-letters/${letter.id}`);
      assert.deepEqual([(await purge()).status, (await purge()).status], [200, 404]);
      const overview = await poll("the last slot", async () => {
        const { body } = await asker.ask("GET", "/overview");
        const failed = body.rates.failed.reduce((one: number, other: number) => one + other);
        const [odd] = body.actors;
        // What the killed gateway had counted in its last slot went with it.
        return failed >= 1 && odd.depth.at(-1) !== null && body;
      }, { timeoutMs: 15_000, everyMs: 500 });
      const [odd] = overview.actors;
      assert.deepEqual([odd.name, odd.queue], ["odd", { ready: 0, consumers: 1 }]);
      assert.deepEqual([odd.depth.length, odd.depth.at(-1)], [60, 0]);
      assert.equal(overview.dead_letters, 0);
    });
    await mesh.queues.waitUntilEmpty(mesh.queueNames);
  },
});
