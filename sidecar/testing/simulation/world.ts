import type { Outgoing } from "@asya/transport";
import { GOOD } from "./behaviour.ts";
import { SimBroker } from "./broker.ts";
import { Dice } from "./dice.ts";
import { SimGateway } from "./gateway.ts";
import { Ledger } from "./ledger.ts";
import { jobOf, write } from "./letter.ts";
import { Pod } from "./pod.ts";
import type { Surroundings } from "./process.ts";
import type { Rules } from "./rules.ts";
import { type Act, type ActAt, HOSTILE_MS, type Scenario } from "./scenario.ts";
import { Trace } from "./trace.ts";
import { settle, VirtualClock } from "./virtual_clock.ts";

/** What a world came to. */
export interface Outcome {
  /** The first thing that happened and must not, if any did. */
  readonly breach: string | undefined;
  readonly trace: Trace;
}

/** How long a world may take to come to rest after all hostility, in its own milliseconds. */
const REST_LIMIT_MS = 24 * 3_600_000;

/** How many things may happen in it until then. */
const MAX_STEPS = 300_000;

/** Timers that an idle sidecar may have: those of its expiries, its heartbeat and its reports. */
const MAX_IDLE_TIMERS = 4;

/** Queues that are there, or come to be there when all is well. */
const QUEUES = ["classify", "store", "happy-end", "error-end", "dead-letter-queue"];

/**
 * Runs a world from its scenario to its end.
 *
 * @param scenario what it is and what happens in it
 */
export function runWorld(scenario: Scenario): Promise<Outcome> {
  return new World(scenario).run();
}

class World {
  readonly #scenario: Scenario;
  readonly #clock = new VirtualClock();
  readonly #trace = new Trace(this.#clock);
  readonly #ledger = new Ledger();
  readonly #broker: SimBroker;
  readonly #gateway: SimGateway | undefined;
  readonly #around: Surroundings;
  readonly #pods: Pod[] = [];
  readonly #calls = new Map<string, number>();
  readonly #written = new Map<string, Outgoing>();
  #breach: string | undefined;
  #steps = 0;

  constructor(scenario: Scenario) {
    const clock = this.#clock;
    const trace = this.#trace;
    const dice = new Dice(scenario.dice);
    this.#scenario = scenario;
    this.#broker = new SimBroker(clock, dice, this.#ledger);
    this.#gateway = scenario.hasGateway ? new SimGateway(clock, dice, trace) : undefined;
    this.#around = {
      ...{ clock, dice, trace },
      ledger: this.#ledger,
      broker: this.#broker,
      gateway: this.#gateway,
      rules: rulesOf(scenario),
      isPoison: (token) => scenario.letters[Number(token.slice(1))]?.shape === "poison",
      breach: (text) => this.#tellBreach(text),
    };
  }

  async run(): Promise<Outcome> {
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      this.#tellBreach(`a promise was rejected and nobody cared: ${event.reason}`);
    };
    globalThis.addEventListener("unhandledrejection", onRejection);
    try {
      this.#begin();
      await this.#runUntil(HOSTILE_MS, () => false);
      this.#heal();
      await this.#runUntil(HOSTILE_MS + REST_LIMIT_MS, () => this.#isAtRest());
      if (!this.#isAtRest()) this.#tellBreach("the world does not come to rest");
      await this.#end();
    } finally {
      globalThis.removeEventListener("unhandledrejection", onRejection);
    }
    return { breach: this.#breach, trace: this.#trace };
  }

  get #queue(): string {
    return this.#around.rules.policy.queue;
  }

  #begin(): void {
    const { letters, acts, seats } = this.#scenario;
    this.#broker.declare([this.#queue, ...QUEUES]);
    for (const [index, seat] of seats.entries()) {
      const behaviourAt = (token: string) => this.#behaviourAt(token);
      this.#pods.push(new Pod(`s${index}`, seat, this.#around, behaviourAt));
    }
    for (const [index, { atMs, copies }] of letters.entries()) {
      for (let copy = 0; copy < copies; copy++) {
        this.#clock.after(atMs + copy * 700, () => this.#post(index));
      }
    }
    for (const act of acts) this.#clock.after(act.atMs, () => this.#perform(act));
  }

  #post(index: number): void {
    const letter = this.#scenario.letters[index];
    if (!letter) return;
    const token = `t${index}`;
    this.#ledger.of(token).copies++;
    this.#trace.say("producer", `posts: ${letter.shape}`, token);
    const outgoing = this.#written.get(token) ??
      write(letter, token, this.#queue, this.#clock.now());
    this.#written.set(token, outgoing);
    this.#broker.put(outgoing);
  }

  #behaviourAt(token: string) {
    const count = this.#calls.get(token) ?? 0;
    this.#calls.set(token, count + 1);
    return this.#scenario.letters[Number(token.slice(1))]?.behaviours[count] ?? GOOD;
  }

  #perform({ sidecar, act }: ActAt): void {
    const pod = this.#pods[sidecar % this.#pods.length];
    this.#trace.say("world", `act: ${act.kind}`);
    if (pod) this.#performOn(pod, act);
  }

  #performOn(pod: Pod, act: Act): void {
    const broker = this.#broker;
    switch (act.kind) {
      case "kill the sidecar":
        return pod.process?.orderDeath(act.order);
      case "send a signal":
        if (act.order) pod.process?.orderDeath(act.order);
        return void pod.process?.signal();
      case "cut the connection":
        return pod.process?.cut(act.noticeMs);
      case "stop the broker":
        broker.setUp(false);
        return this.#later(act.ms, () => broker.setUp(true));
      case "block the broker":
        broker.setBlocked(true);
        return this.#later(act.ms, () => broker.setBlocked(false));
      case "slow the broker":
        broker.mood = "slow";
        return this.#later(act.ms, () => broker.mood = "well");
      case "let the broker refuse":
        broker.mood = "refusing";
        return this.#later(act.ms, () => broker.mood = "well");
      case "cancel the consumers":
        return broker.endConsumers(this.#queue);
      case "crash the runtime":
        return pod.runtime.crash(act.reason, act.next);
      case "keep the runtime away":
        return pod.runtime.stayAway(act.ms);
      case "let the runtime not read":
        return pod.runtime.stall(act.ms);
      case "let the gateway be away":
        return this.#setGateway("away", act.ms);
      case "let the gateway refuse":
        return this.#setGateway("refusing", act.ms);
      case "cancel a job":
        return this.#gateway?.cancel(jobOf(`t${act.letter % this.#scenario.letters.length}`));
      case "create the late queue":
        return broker.declare(["late"]);
      case "delete queues":
        for (const queue of QUEUES) if (queue !== this.#queue) broker.delete(queue);
        return;
      case "set the clock":
        return this.#clock.set(act.byMs);
    }
  }

  #setGateway(mood: SimGateway["mood"], ms: number): void {
    const gateway = this.#gateway;
    if (!gateway) return;
    gateway.mood = mood;
    this.#later(ms, () => gateway.mood = "well");
  }

  #later(ms: number, work: () => void): void {
    this.#clock.after(ms, work);
  }

  /** From here on everything is as it should be. */
  #heal(): void {
    this.#trace.say("world", "all is well from here on");
    this.#broker.setUp(true);
    this.#broker.setBlocked(false);
    this.#broker.mood = "well";
    this.#broker.declare([...QUEUES, "late"]);
    if (this.#gateway) this.#gateway.mood = "well";
    for (const { process } of this.#pods) process?.orderDeath(undefined);
  }

  #isAtRest(): boolean {
    return this.#broker.isQuiet(this.#queue);
  }

  async #end(): Promise<void> {
    // What they still report, and wait for, is done by then.
    await this.#runUntil(this.#clock.elapsed() + 30_000, () => false);
    for (const { process } of this.#pods) {
      const timers = process?.timers ?? 0;
      if (timers > MAX_IDLE_TIMERS) this.#tellBreach(`an idle sidecar has ${timers} timers`);
    }
    for (const pod of this.#pods) pod.close();
    const limitMs = this.#clock.elapsed() + 120_000;
    await this.#runUntil(limitMs, () => this.#pods.every(({ process }) => !process));
    if (this.#pods.some(({ process }) => process)) this.#tellBreach("a sidecar does not end");
    const mayCreateAll = this.#scenario.queueCreate === "all";
    if (this.#broker.has("ghost") && !mayCreateAll) this.#tellBreach("a queue was made for no one");
    this.#checkAccounts();
  }

  /** Each letter came to one end, and is seen where it should be. */
  #checkAccounts(): void {
    for (const index of this.#scenario.letters.keys()) {
      const token = `t${index}`;
      const { copies, excuses, endings, unclear } = this.#ledger.of(token);
      if (unclear > 0) continue;
      if (endings === 0) this.#tellBreach(`${token} came to no end`);
      if (endings > copies + excuses) {
        this.#tellBreach(`${token} ended ${endings} times: ${copies} copies, ${excuses} excuses`);
      }
    }
  }

  async #runUntil(limitMs: number, isDone: () => boolean): Promise<void> {
    await settle();
    while (this.#breach === undefined && !isDone()) {
      if (this.#steps++ > MAX_STEPS) return this.#tellBreach("it goes on for ever");
      if (!await this.#clock.step(limitMs)) return;
    }
  }

  #tellBreach(text: string): void {
    if (this.#breach !== undefined) return;
    this.#breach = text;
    this.#trace.say("oracle", "BREACH", text);
  }
}

function rulesOf(scenario: Scenario): Rules {
  const { isTerminal, maxDeliveries, maxRedeliveries, retryTimeouts } = scenario;
  const { prefetch, routeWaitMs, queueCreate, shutdownGraceMs, dedupWindow, streamWaitMs } =
    scenario;
  return {
    policy: {
      queue: isTerminal ? "error-end" : "ocr",
      actor: "an-actor",
      happyEnd: "happy-end",
      errorEnd: "error-end",
      deadLetter: "dead-letter-queue",
      ...{ isTerminal, maxDeliveries, maxRedeliveries, retryTimeouts },
      maxMessageBytes: 6_000,
      maxHops: 4,
      runtimeTimeoutMs: 8_000,
      allowedSteps: new Set(["ocr", "classify", "store", "late", "ghost"]),
    },
    options: { prefetch, routeWaitMs, queueCreate, shutdownGraceMs, dedupWindow, streamWaitMs },
    maxFrameBytes: 12_000,
  };
}
