import { seededRandom } from "../../tests/kit/random.ts";
import { Agenda } from "./agenda.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { Moment, Outcome, Scenario } from "./scenario.ts";

const DAY_S = 86_400;

/** A message: when it came, and how long it takes. */
interface Message {
  readonly arrivedS: number;
  readonly serviceS: number;
}

interface Replica {
  readonly wantedS: number;
  state: "starting" | "running" | "leaving";
  /** Held and not worked on. */
  held: Message[];
  readonly working: Set<Message>;
}

type Happening =
  | { readonly kind: "arrive"; readonly message: Message }
  | { readonly kind: "finish"; readonly replica: Replica; readonly message: Message }
  | { readonly kind: "start"; readonly replica: Replica }
  | { readonly kind: "kill"; readonly replica: Replica }
  | { readonly kind: "count" }
  | { readonly kind: "poll" }
  | { readonly kind: "sync" }
  | { readonly kind: "look" };

/**
 * Lets a scenario happen: messages come, replicas take and finish them, KEDA and the HPA look now
 * and then and want more replicas or fewer. Equal scenarios have equal outcomes.
 *
 * @param scenario what comes, and who is there
 */
export function simulate(scenario: Scenario): Outcome {
  return new Simulation(scenario).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #agenda = new Agenda<Happening>();
  readonly #autoscaler: Autoscaler;
  /** In the queue, the next one last: what is given back comes first again. */
  readonly #ready: Message[] = [];
  /** In the queue behind all of those, the next one first. */
  readonly #tail: Message[] = [];
  #tailFrom = 0;
  #replicas: Replica[] = [];
  #turn = 0;
  #wanted: number;
  #counted = 0;
  #atS = 0;
  #left: number;
  // what is told in the end
  readonly #finishedS: number[] = [];
  readonly #latenciesS: number[] = [];
  readonly #timeline: Moment[] = [];
  #mostReady = 0;
  #mostReplicas = 0;
  #replicaS = 0;
  #workS = 0;
  #brokenOff = 0;
  #changes = 0;

  constructor(scenario: Scenario) {
    const { arrivals, actor, scaling, trigger, seed } = scenario;
    this.#scenario = scenario;
    this.#autoscaler = new Autoscaler(scaling);
    this.#wanted = scaling.minReplicas;
    this.#left = arrivals.length;
    // Neighbouring seeds would begin with neighbouring numbers.
    const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
    // The intervals began long ago, and not together.
    if (trigger.refreshS > 0) this.#agenda.add(random() * trigger.refreshS, { kind: "count" });
    this.#agenda.add(random() * scaling.pollingIntervalS, { kind: "poll" });
    this.#agenda.add(random() * scaling.syncPeriodS, { kind: "sync" });
    const draw = createServiceTimes(actor.serviceS, actor.unevenness, random);
    for (const arrivedS of arrivals) {
      this.#agenda.add(arrivedS, { kind: "arrive", message: { arrivedS, serviceS: draw() } });
    }
    this.#agenda.add(0, { kind: "look" });
    for (let count = 0; count < this.#wanted; count++) {
      this.#replicas.push({ wantedS: 0, state: "running", held: [], working: new Set() });
    }
  }

  run(): Outcome {
    const { untilS = DAY_S } = this.#scenario;
    while (!this.#isOver()) {
      const next = this.#agenda.next();
      if (next === undefined || next.atS > untilS) break;
      this.#atS = next.atS;
      this.#happen(next.what);
    }
    const endS = Math.min(untilS, this.#atS);
    for (const { wantedS } of this.#replicas) this.#replicaS += endS - wantedS;
    return {
      firstResultS: this.#finishedS[0] ?? Infinity,
      lastResultS: this.#finishedS.at(-1) ?? Infinity,
      latenciesS: this.#latenciesS,
      mostReady: this.#mostReady,
      mostReplicas: this.#mostReplicas,
      replicaS: this.#replicaS,
      workS: this.#workS / this.#scenario.actor.concurrency,
      brokenOff: this.#brokenOff,
      changes: this.#changes,
      timeline: this.#timeline,
    };
  }

  /** Everything is done, and no replica is there that would go. */
  #isOver(): boolean {
    const { scaling } = this.#scenario;
    return this.#left === 0 && this.#wanted === scaling.minReplicas &&
      this.#replicas.length === this.#wanted;
  }

  #happen(what: Happening): void {
    const { scaling, trigger, momentS = 1 } = this.#scenario;
    switch (what.kind) {
      case "arrive":
        this.#tail.push(what.message);
        this.#mostReady = Math.max(this.#mostReady, this.#readyCount());
        return this.#handOut();
      case "finish":
        return this.#finish(what.replica, what.message);
      case "start":
        if (what.replica.state === "starting") what.replica.state = "running";
        return this.#handOut();
      case "kill":
        return this.#kill(what.replica);
      case "count":
        this.#counted = this.#count();
        return this.#agenda.add(this.#atS + trigger.refreshS, what);
      case "poll":
        this.#want(this.#autoscaler.poll(this.#atS, this.#read(), this.#wanted));
        return this.#agenda.add(this.#atS + scaling.pollingIntervalS, what);
      case "sync":
        this.#want(this.#autoscaler.sync(this.#atS, this.#read(), this.#wanted));
        return this.#agenda.add(this.#atS + scaling.syncPeriodS, what);
      case "look":
        this.#timeline.push(this.#moment());
        return this.#agenda.add(this.#atS + momentS, what);
    }
  }

  #finish(replica: Replica, message: Message): void {
    if (!replica.working.delete(message)) return; // it was broken off
    const { arrivedS, serviceS } = message;
    this.#left -= 1;
    this.#workS += serviceS;
    this.#finishedS.push(this.#atS);
    this.#latenciesS.push(this.#atS - arrivedS);
    this.#work(replica);
    if (replica.state === "leaving" && replica.working.size === 0) this.#end(replica);
    this.#handOut();
  }

  /** The broker gives messages by turns to whoever has room for more. */
  #handOut(): void {
    const { prefetch } = this.#scenario.actor;
    for (let refused = 0; refused < this.#replicas.length && this.#readyCount() > 0;) {
      const replica = this.#replicas[this.#turn++ % this.#replicas.length]!;
      const hasRoom = replica.state === "running" &&
        replica.held.length + replica.working.size < prefetch;
      if (!hasRoom) {
        refused += 1;
        continue;
      }
      refused = 0;
      replica.held.push(this.#takeReady());
      this.#work(replica);
    }
  }

  #work(replica: Replica): void {
    const { concurrency } = this.#scenario.actor;
    while (replica.working.size < concurrency) {
      const message = replica.held.shift();
      if (message === undefined) return;
      replica.working.add(message);
      this.#agenda.add(this.#atS + message.serviceS, { kind: "finish", replica, message });
    }
  }

  #want(wanted: number): void {
    if (wanted === this.#wanted) return;
    this.#changes += 1;
    this.#wanted = wanted;
    const staying = this.#replicas.filter(({ state }) => state !== "leaving");
    for (let count = staying.length; count < wanted; count++) {
      const replica: Replica = {
        wantedS: this.#atS,
        state: "starting",
        held: [],
        working: new Set(),
      };
      this.#replicas.push(replica);
      this.#agenda.add(this.#atS + this.#scenario.actor.startS, { kind: "start", replica });
    }
    // Those that do not run yet go first, then the youngest.
    const leaving = [
      ...staying.filter(({ state }) => state === "starting").reverse(),
      ...staying.filter(({ state }) => state === "running").reverse(),
    ].slice(0, Math.max(0, staying.length - wanted));
    for (const replica of leaving) this.#dismiss(replica);
    this.#mostReplicas = Math.max(this.#mostReplicas, this.#wanted);
    this.#handOut();
  }

  /** It gives back what it does not work on, and has its grace for the rest. */
  #dismiss(replica: Replica): void {
    replica.state = "leaving";
    this.#ready.push(...replica.held.splice(0).reverse());
    if (replica.working.size === 0) return this.#end(replica);
    this.#agenda.add(this.#atS + this.#scenario.actor.graceS, { kind: "kill", replica });
  }

  #kill(replica: Replica): void {
    if (!this.#replicas.includes(replica)) return;
    this.#brokenOff += replica.working.size;
    this.#ready.push(...[...replica.working].reverse());
    replica.working.clear();
    this.#end(replica);
    this.#handOut();
  }

  #end(replica: Replica): void {
    this.#replicas = this.#replicas.filter((other) => other !== replica);
    this.#replicaS += this.#atS - replica.wantedS;
  }

  #takeReady(): Message {
    return this.#ready.pop() ?? this.#tail[this.#tailFrom++]!;
  }

  #readyCount(): number {
    return this.#ready.length + this.#tail.length - this.#tailFrom;
  }

  #unackedCount(): number {
    return this.#replicas.reduce((sum, { held, working }) => sum + held.length + working.size, 0);
  }

  /** What the broker would say now. */
  #count(): number {
    const { countsUnacked } = this.#scenario.trigger;
    return this.#readyCount() + (countsUnacked ? this.#unackedCount() : 0);
  }

  /** What the trigger is told. */
  #read(): number {
    return this.#scenario.trigger.refreshS > 0 ? this.#counted : this.#count();
  }

  #moment(): Moment {
    const running = this.#replicas.filter(({ state }) => state === "running");
    return {
      atS: this.#atS,
      ready: this.#readyCount(),
      unacked: this.#unackedCount(),
      wanted: this.#wanted,
      running: running.length,
      idle: running.filter(({ working }) => working.size === 0).length,
    };
  }
}

/**
 * Times of a lognormal distribution, which most work on documents has: many short, some long.
 *
 * @see https://en.wikipedia.org/wiki/Log-normal_distribution#Arithmetic_moments
 */
function createServiceTimes(
  meanS: number,
  unevenness: number,
  random: () => number,
): () => number {
  const variance = Math.log(1 + unevenness ** 2);
  return () => {
    // https://en.wikipedia.org/wiki/Box–Muller_transform
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return meanS * Math.exp(Math.sqrt(variance) * normal - variance / 2);
  };
}
