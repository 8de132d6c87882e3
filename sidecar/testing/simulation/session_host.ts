import {
  encodeFrame,
  encodeHello,
  FrameDecoder,
  isHello,
  isJsonObject,
  type Json,
  parseClientFrame,
  type RawBody,
} from "@asya/protocol";
import { answer, type AnswerName, type Asked } from "./answers.ts";
import { readAsked } from "./asked.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Host, Instance, RuntimeParts } from "./host_parts.ts";
import type { HostEnd } from "./pipe.ts";

/** A call that was begun and not answered. */
interface OpenCall {
  readonly asked: Asked;
  readonly behaviour: Behaviour;
  readonly end: HostEnd;
}

const encoder = new TextEncoder();

/** A host that knows sessions, and follows the script of each letter. */
export class SessionHost implements Host {
  readonly #parts: RuntimeParts;
  readonly #instance: Instance;
  readonly #open = new Map<number, OpenCall>();

  /**
   * @param parts time, chance and scripts
   * @param instance whose host it is
   */
  constructor(parts: RuntimeParts, instance: Instance) {
    this.#parts = parts;
    this.#instance = instance;
  }

  serve(end: HostEnd): void {
    const decoder = new FrameDecoder();
    end.onBytes = (bytes) => {
      if (!this.#instance.isAlive) return;
      for (const frame of decoder.push(bytes).frames) this.#take(end, frame);
    };
    end.onClosed = () => {
      for (const [call, open] of this.#open) if (open.end === end) this.#open.delete(call);
    };
  }

  #take(end: HostEnd, frame: Uint8Array): void {
    if (isHello(frame)) return this.#greet(end);
    const parsed = parseClientFrame(frame);
    if (!parsed.ok) return this.#parts.watch.onBreach(`a host got ${parsed.failure.message}`);
    switch (parsed.frame.kind) {
      case "cancel":
        return this.#stop(parsed.frame.call);
      case "raw_call":
        return this.#begin(end, readAsked(parsed.frame.call, bytesOf(parsed.frame.raw)));
      case "call":
        return this.#begin(
          end,
          readAsked(parsed.frame.call, encoder.encode(JSON.stringify(parsed.frame.message))),
        );
    }
  }

  #greet(end: HostEnd): void {
    const { dice, trace, name, watch } = this.#parts;
    const { id: instance, concurrency, exits } = this.#instance;
    if (dice.chance("silent at hello", 0.03)) return trace.say(name, "says nothing to a hello");
    if (dice.chance("nonsense at hello", 0.03)) {
      trace.say(name, "answers a hello with nonsense");
      return end.write(encodeFrame(encoder.encode("Segmentation fault")));
    }
    const features = dice.chance("no cancel", 0.1) ? ["progress"] : ["progress", "cancel"];
    const hello = { version: 1, features, instance, concurrency, exits: [...exits] };
    end.write(encodeFrame(encodeHello(hello)), () => watch.onHelloRead(exits));
  }

  #begin(end: HostEnd, asked: Asked): void {
    const { watch, trace, name, behaviourAt } = this.#parts;
    const { concurrency } = this.#instance;
    const beside = [...this.#open.values()].filter((open) => open.end === end).length;
    if (beside >= concurrency) {
      watch.onBreach(`call ${asked.call} came beside ${beside} of ${concurrency}`);
    }
    const behaviour = behaviourAt(asked.token);
    this.#open.set(asked.call, { asked, behaviour, end });
    trace.say(name, `host: ${nameOf(behaviour)}`, asked.token);
    this.#behave(asked, behaviour, end);
  }

  #behave(asked: Asked, behaviour: Behaviour, end: HostEnd): void {
    const { timeoutMs, maxFrameBytes, trace, name } = this.#parts;
    const { call } = asked;
    switch (behaviour.kind) {
      case "answer":
        for (let number = 1; number <= behaviour.progress; number++) {
          const said = { progress: call, fraction: number / 4, data: { number } };
          this.#later(call, number, () => end.write(frameOf(said)));
        }
        return this.#later(call, behaviour.afterMs, () => {
          this.#answer(call, behaviour.answer);
          if (!behaviour.isRepeated) return;
          trace.say(name, "host answers twice", asked.token);
          end.write(frameOf({ reply: call, status: "ok", result: "twice" }));
        });
      case "die":
        return this.#later(call, behaviour.afterMs, () => {
          this.#instance.die(behaviour.reason, behaviour.culprits, call);
        });
      case "hang":
        if (!behaviour.isSupervised) return;
        return this.#later(call, timeoutMs + 1_000, () => {
          this.#instance.die("timeout", "itself", call);
        });
      case "break":
        return this.#later(call, 5, () => {
          if (behaviour.how === "garbage") this.#writeGarbage(call, end);
          else if (behaviour.how === "oversized") {
            const head = new Uint8Array(4);
            new DataView(head.buffer).setUint32(0, maxFrameBytes + 1);
            end.write(head, () => this.#parts.watch.onOversizedRead());
          } else {
            if (behaviour.how === "half") end.write(frameOf({ reply: call }).subarray(0, 6));
            end.close();
          }
        });
      case "heed":
      case "late":
        return;
    }
  }

  /** Writes what no session allows, of which the connection has to end. */
  #writeGarbage(call: number, end: HostEnd): void {
    end.write(encodeFrame(encoder.encode("}{")), () => {
      this.#later(call, 1_000, () => this.#parts.watch.onBreach("a session goes on after garbage"));
    });
  }

  /** What a call does when it is told to stop. */
  #stop(call: number): void {
    const open = this.#open.get(call);
    if (open?.behaviour.kind === "heed") this.#later(call, 5, () => this.#answer(call, "fatal"));
    if (open?.behaviour.kind === "late") {
      const { answer } = open.behaviour;
      this.#later(call, 5, () => this.#answer(call, answer));
    }
  }

  #answer(call: number, name: AnswerName): void {
    const { watch, trace, name: who } = this.#parts;
    const open = this.#open.get(call);
    if (!open) return;
    const { asked, end } = open;
    const given = answer(name, asked);
    // Only an object has room for the number of its call.
    const answered = isJsonObject(given.reply) ? given : answer("object", asked);
    this.#open.delete(call);
    trace.say(who, `host answers ${name}`, asked.token);
    const reply = isJsonObject(answered.reply) ? answered.reply : {};
    end.write(
      frameOf({ reply: call, ...reply }),
      () => watch.onAnswerRead(call, asked.token, answered),
    );
  }

  /** Does something, if the call is still there then. */
  #later(call: number, delayMs: number, work: () => void): void {
    this.#parts.clock.after(delayMs, () => {
      if (this.#instance.isAlive && this.#open.has(call)) work();
    });
  }
}

/** What a behaviour is called in a trace. */
export function nameOf(behaviour: Behaviour): string {
  switch (behaviour.kind) {
    case "break":
      return `breaks with ${behaviour.how}`;
    case "die":
      return `dies by ${behaviour.reason}, naming ${behaviour.culprits}`;
    case "hang":
      return behaviour.isSupervised ? "hangs, supervised" : "hangs";
    default:
      return behaviour.kind;
  }
}

function frameOf(value: Json): Uint8Array {
  return encodeFrame(encoder.encode(JSON.stringify(value)));
}

function bytesOf({ body, encoding }: RawBody): Uint8Array {
  return encoding === "utf8" ? encoder.encode(body) : Uint8Array.fromBase64(body);
}
