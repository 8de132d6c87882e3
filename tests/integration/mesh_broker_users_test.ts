/**
 * A mesh on RabbitMQ whose programs come as users that may do no more than docs/rabbitmq.md says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, GatewayClient, poll, TestMesh, type TestVhost } from "../kit/mod.ts";

const rabbitmq = await findRabbitmq();

const MESH = `
name: restricted
actors:
  - { name: step, handler: ./odd.ts#act }
tools:
  - name: act
    parameters: { do: { type: string } }
    route: [step]
`;

/** What a user may do in a vhost, as regular expressions of names. */
interface Rights {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const NOTHING = "^$";

const GATEWAY: Rights = { configure: NOTHING, write: "^asya$", read: NOTHING };

/** A gateway that shows what was given up. */
const SHOWING: Rights = { ...GATEWAY, read: "^dead-letter-queue$" };

/** A sidecar that makes its own queue, the terminal ones and the delay queues. */
const sidecarOf = (queue: string): Rights => ({
  configure: `^(asya(\\.delay\\..*)?|${queue}|happy-end|error-end|dead-letter-queue)$`,
  write: `^(asya(\\.delay\\..*)?|${queue}|happy-end|error-end|dead-letter-queue)$`,
  read: `^(asya(\\.delay\\..*)?|${queue})$`,
});

/** A sidecar that finds everything made, with ASYA_QUEUE_CREATE=none. */
const guestOf = (queue: string): Rights => ({
  configure: NOTHING,
  write: "^asya(\\.delay\\..*)?$",
  read: `^${queue}$`,
});

/** The users of a vhost; disposing removes them. */
class Users implements AsyncDisposable {
  readonly #vhost: TestVhost;
  readonly #names: string[] = [];

  constructor(vhost: TestVhost) {
    this.#vhost = vhost;
  }

  /** Makes a user, and gives the variables by which a program comes as that user. */
  async admit(rights: Rights): Promise<Record<string, string>> {
    const { name: vhost, admin } = this.#vhost;
    const name = `asya-test-${crypto.randomUUID()}`;
    await admin.put(`users/${name}`, { password: "s3cret", tags: "" });
    this.#names.push(name);
    await admin.put(`permissions/${vhost}/${name}`, rights);
    return { ASYA_RABBITMQ_USERNAME: name, ASYA_RABBITMQ_PASSWORD: "s3cret" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) await this.#vhost.admin.delete(`users/${name}`);
  }
}

Deno.test({
  name: "[D7] [D8] users with narrow rights are enough for success, retry and dead letter",
  ignore: rabbitmq.isMissing,
  fn: async (t) => {
    await using vhost = await rabbitmq.createVhost();
    await using users = new Users(vhost);
    const env = {
      "gateway": await users.admit(GATEWAY),
      "step.sidecar": await users.admit(sidecarOf("step")),
      "happy-end.sidecar": await users.admit(sidecarOf("happy-end")),
      "error-end.sidecar": await users.admit(sidecarOf("error-end")),
      "error-end.runtime": { ASYA_ERROR_RETRY_DELAY_BASE: "1", ASYA_ERROR_MAX_RETRIES: "1" },
    };
    await t.step("where they make what they need", () => work(vhost, env, 503));
    await t.step("where all is made", async () => {
      const guest = async (queue: string) => ({
        ...await users.admit(guestOf(queue)),
        ASYA_QUEUE_CREATE: "none",
      });
      await work(vhost, {
        ...env,
        "gateway": await users.admit(SHOWING),
        "step.sidecar": await guest("step"),
        "happy-end.sidecar": await guest("happy-end"),
        "error-end.sidecar": await guest("error-end"),
      }, 200);
    });
  },
});

async function work(
  vhost: TestVhost,
  env: Readonly<Record<string, Readonly<Record<string, string>>>>,
  shown: number,
): Promise<void> {
  await using mesh = await TestMesh.start({
    yaml: MESH,
    handlersIn: "tests/integration/handlers",
    vhost,
    env,
  });
  const gateway = new GatewayClient(mesh.gatewayUrl);
  const endOf = async (what: string) => {
    const id = await gateway.call("act", { do: what });
    return await poll(`the end of "${what}"`, async () => {
      const { status } = await gateway.job(id);
      return /Succeeded|Failed/.test(status) && status;
    }, { timeoutMs: 20_000 });
  };
  assert.equal(await endOf("echo"), "Succeeded");
  // It waits in a delay queue before it is tried again.
  assert.equal(await endOf("throw until the third attempt"), "Failed");
  const letters = await fetch(`${mesh.gatewayUrl}/dead-letters`);
  assert.equal(letters.status, shown, await letters.text());
  await poll("the number of dead letters, which nobody needs rights for", async () => {
    const metrics = await (await fetch(`${mesh.gatewayUrl}/metrics`)).text();
    return /^asya_gateway_queue_messages{queue="dead-letter-queue"} 1$/m.test(metrics);
  });
  await mesh.queues.take("dead-letter-queue");
  for (const { output, plan } of mesh.processes.values()) {
    assert.doesNotMatch(output, /the broker refuses a queue/, plan.name);
  }
}
