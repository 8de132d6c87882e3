import { encodeFrame, FrameDecoder, isHello, type Json } from "@asya/protocol";
import { answer, type AnswerName, type Asked } from "./answers.ts";
import { readAsked } from "./asked.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Host, Instance, RuntimeParts } from "./host_parts.ts";
import type { HostEnd } from "./pipe.ts";
import { nameOf } from "./session_host.ts";

const encoder = new TextEncoder();

/** How long a person takes to end a host that hangs for ever. */
const PATIENCE_MS = 40_000;

/** An older host: one connection at a time, one request on it, one reply. */
export class OneExchangeHost implements Host {
  readonly #parts: RuntimeParts;
  readonly #instance: Instance;
  /** Connections that wait for their turn. */
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

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
  }

  #take(end: HostEnd, frame: Uint8Array): void {
    if (this.#isBusy) {
      if (!isHello(frame)) this.#parts.watch.onBreach("a host of single exchanges got a second");
      this.#waiting.push(() => this.#take(end, frame));
    } else if (isHello(frame)) {
      this.#reply(end, [{ error: "msg_parsing_error", details: { message: "not JSON" } }]);
    } else this.#begin(end, readAsked(0, frame));
  }

  #begin(end: HostEnd, asked: Asked): void {
    const { trace, name, behaviourAt } = this.#parts;
    const behaviour = behaviourAt(asked.token);
    this.#isBusy = true;
    trace.say(name, `old host: ${nameOf(behaviour)}`, asked.token);
    this.#behave(asked, behaviour, end);
  }

  #behave(asked: Asked, behaviour: Behaviour, end: HostEnd): void {
    const { timeoutMs } = this.#parts;
    switch (behaviour.kind) {
      case "answer":
        return this.#later(behaviour.afterMs, () => this.#answer(end, asked, behaviour.answer));
      case "die":
        return this.#later(behaviour.afterMs, () => {
          this.#instance.die(behaviour.reason, behaviour.culprits, asked.call);
        });
      case "late":
        return this.#later(timeoutMs + 3_000, () => this.#answer(end, asked, behaviour.answer));
      case "hang":
      case "heed":
        return this.#later(timeoutMs + PATIENCE_MS, () => {
          this.#instance.die("killed", "unsaid", asked.call);
        });
      case "break":
        return this.#later(5, () => {
          const { how } = behaviour;
          if (how === "garbage") this.#tell(end, asked, "garbage");
          else {
            if (how === "half") end.write(encodeFrame(encoder.encode("{}")).subarray(0, 5));
            if (how === "oversized") {
              const head = new Uint8Array(4).fill(0xff);
              end.write(head, () => this.#parts.watch.onOversizedRead());
            }
            end.close();
          }
          this.#free();
        });
    }
  }

  #answer(end: HostEnd, asked: Asked, name: AnswerName): void {
    const { watch, trace, name: who } = this.#parts;
    const answered = answer(name, asked);
    trace.say(who, `old host answers ${name}`, asked.token);
    this.#reply(end, answered.reply, () => watch.onAnswerRead(0, asked.token, answered));
    this.#free();
  }

  /** Answers with what is no JSON, which is the handler's fault and no one else's. */
  #tell(end: HostEnd, asked: Asked, text: string): void {
    const expected = { kind: "failure", code: "processing_error" } as const;
    end.write(
      encodeFrame(encoder.encode(text)),
      () => this.#parts.watch.onAnswerRead(0, asked.token, { reply: text, expected }),
    );
    end.close();
  }

  #reply(end: HostEnd, reply: Json, onRead?: () => void): void {
    end.write(encodeFrame(encoder.encode(JSON.stringify(reply))), onRead);
    end.close();
  }

  #free(): void {
    this.#isBusy = false;
    for (const next of this.#waiting.splice(0)) next();
  }

  #later(delayMs: number, work: () => void): void {
    this.#parts.clock.after(delayMs, () => this.#instance.isAlive && work());
  }
}
