/**
 * Everything at once: brokers, programs, handlers, connections and queues go and come at random,
 * while some handlers never answer. The seed is printed with the plan that it makes; set
 * ASYA_TEST_SEED for the same plan again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findRabbitmq, pause, type TestMesh } from "../kit/mod.ts";
import { actArguments, ACTING_MESH, actOf } from "./acting.ts";
import { assertAllArrived } from "./arrival.ts";
import { callForJobs } from "./calls.ts";
import { cutOffAndDelete } from "./delete_queue.ts";
import { assertFelt, countLines, linesOf } from "./felt.ts";
import { assertStopsClean, startFleet } from "./fleet.ts";
import { killHandler, killProcess, untilBusy } from "./kill.ts";
import { type PrivateBroker, startPrivateBroker } from "./private_broker.ts";
import { printedRandom, readScale } from "./scale.ts";
import { describeFault, planStorm, type StormFault } from "./storm_plan.ts";

const rabbitmq = await findRabbitmq();

/** Jobs in a second, and how many times as many as other faults have. */
const RATE = 30;
const SHARE = { full: 10, short: 5 };

/** Of so many jobs one gets stuck for the first time, by turns in each way. */
const ONE_OF = 200;
const WAYS = ["hang", "spin", "spin later"];

/** How long all of it may take to come to an end. */
const LIMIT_MS = 600_000;

/**
 * Delayed messages are safe in quorum queues only. The queues that are deleted are classic ones,
 * since the broker says at once what they hold, and no delayed message goes to them.
 */
const DELETED = ["first", "third"];
const QUORUM = { ASYA_RABBITMQ_QUEUE_TYPE: "quorum" };
const CLASSIC = { ASYA_RABBITMQ_QUEUE_TYPE: "classic" };

Deno.test({
  name: "[D2] [D16] [D17] [D18] [R3] every fault there is, at random, and every job arrives",
  ignore: rabbitmq.hasNoServer,
  fn: async () => {
    const startedMs = performance.now();
    const random = printedRandom();
    const scale = readScale(RATE, SHARE);
    await using broker = await startPrivateBroker(rabbitmq);
    await using mesh = await startFleet({
      yaml: ACTING_MESH,
      vhost: broker.vhost,
      env: {
        sidecar: QUORUM,
        ...Object.fromEntries(DELETED.map((queue) => [`${queue}.sidecar`, CLASSIC])),
        "second.sidecar": { ...QUORUM, ASYA_RETRY_TIMEOUTS: "true" },
      },
    });
    const plan = planStorm(random, {
      durationMs: scale.durationMs,
      programs: [...mesh.processes.keys()],
      queues: DELETED,
    });
    console.log(plan.map(describeFault).join("\n"));
    const calling = callForJobs(mesh, random, {
      ...scale,
      argumentsOf: actArguments(WAYS, ONE_OF),
    });
    const storm = new Storm(mesh, broker);
    await storm.live(plan);
    const stormSeconds = Math.round((performance.now() - startedMs) / 1_000);
    const jobs = await assertAllArrived(mesh, await calling, { limitMs: LIMIT_MS });
    const lines = linesOf(mesh, "sidecar");
    const redelivered = countLines(lines, "a message goes back to its queue", {
      why: "redelivered",
    });
    const felt = {
      programsDied: diedOf(mesh),
      handlersKilled: storm.handlersKilled.size,
      outages: plan.filter(({ kind }) => kind === "broker").length,
      connectionsLost: countLines(lines, "the connection to the broker is lost"),
      queuesDeleted: plan.filter(({ kind }) => kind === "queue").length,
      workLost: redelivered + countLines(lines, "the runtime died during calls"),
      stuck: jobs.filter((job) => actOf(job) !== undefined).length,
    };
    assert.equal(felt.programsDied, storm.programsKilled.size);
    assertFelt("all of it at random", felt, {
      jobs: jobs.length,
      redelivered,
      stormSeconds,
      seconds: Math.round((performance.now() - startedMs) / 1_000),
    });
    await assertStopsClean(mesh);
  },
});

/** Does to a mesh and its broker what a plan says. */
class Storm {
  /** Ids of processes: one may be killed again before it is gone. */
  readonly programsKilled = new Set<number>();
  readonly handlersKilled = new Set<number>();
  readonly #mesh: TestMesh;
  readonly #broker: PrivateBroker;
  /** The end of the outage that there is, or was last. */
  #outage: Promise<void> = Promise.resolve();
  #isAway = false;

  constructor(mesh: TestMesh, broker: PrivateBroker) {
    this.#mesh = mesh;
    this.#broker = broker;
  }

  /** Lets each fault begin at its time, or as soon as the one before lets it. */
  async live(plan: readonly StormFault[]): Promise<void> {
    const startedMs = performance.now();
    for (const fault of plan) {
      // Waits for the fault's time.
      await pause(Math.max(0, fault.atMs - (performance.now() - startedMs)));
      await this.#begin(fault);
    }
    await this.#outage;
  }

  async #begin(fault: StormFault): Promise<void> {
    switch (fault.kind) {
      case "broker":
        await this.#outage;
        this.#outage = this.#breakBroker(fault.how, fault.awayMs);
        return;
      case "connections":
        await this.#outage;
        await this.#broker.vhost.admin.closeConnections(this.#broker.vhost.name);
        return;
      case "queue":
        await this.#outage;
        await cutOffAndDelete(this.#broker.vhost, fault.queue, { mayBeHeld: false });
        return;
      case "program":
        await this.#untilBusy(fault.name);
        return note(killProcess(this.#mesh, fault.name), this.programsKilled);
      case "handler":
        await this.#untilBusy(fault.name);
        return note(killHandler(this.#mesh, fault.name), this.handlersKilled);
    }
  }

  /** Lets a program that is to die have something in hand, if that can be known. */
  async #untilBusy(name: string): Promise<void> {
    if (!this.#isAway && name !== "gateway") await untilBusy(this.#mesh, name.split(".")[0]!);
  }

  async #breakBroker(how: "stop" | "kill", awayMs: number): Promise<void> {
    this.#isAway = true;
    await this.#broker.server[how]();
    // This is for how long it is away.
    await pause(awayMs);
    await this.#broker.server.start();
    this.#isAway = false;
  }
}

function note(pid: number | undefined, pids: Set<number>): void {
  if (pid !== undefined) pids.add(pid);
}

function diedOf(mesh: TestMesh): number {
  return [...mesh.processes.values()]
    .flatMap(({ lives }) => lives)
    .filter(({ status }) => status?.signal === "SIGKILL").length;
}
