import { AsyncLocalStorage } from "node:async_hooks";
import type {
  Span,
  SpanAttributes,
  SpanKind,
  SpanOptions,
  TraceContext,
  Tracing,
} from "@asya/program";

/** What was said of one span. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  /** The id of the span that it is a part of; a root has none. */
  readonly parentId: string | undefined;
  readonly links: readonly TraceContext[];
  readonly startMs: number | undefined;
  readonly attributes: SpanAttributes;
  /** Why it failed, in words, where it did and somebody said so. */
  readonly problem: string | undefined;
  readonly hasEnded: boolean;
}

/** What is at work: a span of ours, or work elsewhere. */
type Scope = { readonly span?: Span; readonly context: TraceContext };

/**
 * Makes spans as the platform does, and keeps what is said of them: ids are numbers in order, what
 * belongs to a trace that is not recorded is not kept, and what is at work is so across `await`.
 */
export class RecordedTracing implements Tracing {
  /** All that are recorded, in the order in which they began. */
  readonly spans: RecordedSpan[] = [];
  readonly #scope = new AsyncLocalStorage<Scope>();
  readonly #flags: number;
  #last = 0;

  /** @param flags what becomes of roots: 1, they are recorded; 0, they are not */
  constructor(flags = 1) {
    this.#flags = flags;
  }

  start(name: string, options: SpanOptions = {}): Span {
    const { kind = "internal", parent, links = [], startMs, attributes = {} } = options;
    const scope = parent === "active" ? this.#scope.getStore() : undefined;
    const above = parent === "active" ? scope?.context : parent;
    const context = {
      traceId: above?.traceId ?? hex(++this.#last, 32),
      spanId: hex(++this.#last, 16),
      flags: above?.flags ?? this.#flags,
    };
    const span = {
      ...{ name, kind, context, startMs, links: [...links], attributes: { ...attributes } },
      parentId: above?.spanId,
      problem: undefined as string | undefined,
      hasEnded: false,
    };
    if (context.flags & 1) this.spans.push(span);
    const begun: Span = {
      context,
      rename: (other) => void (span.name = other),
      set: (more) => void Object.assign(span.attributes, more),
      fail: (code, message) => {
        Object.assign(span.attributes, { "error.type": code });
        span.problem = message ?? "";
      },
      link: (to) => void span.links.push(...to),
      run: (work) => this.#scope.run({ span: begun, context }, work),
      end: () => {
        if (span.hasEnded) throw new Error(`the span ${span.name} was ended twice`);
        span.hasEnded = true;
      },
    };
    return begun;
  }

  active(): Span | undefined {
    return this.#scope.getStore()?.span;
  }

  inside<T>(parent: TraceContext, work: () => T): T {
    return this.#scope.run({ context: parent }, work);
  }

  quietly<T>(work: () => T): T {
    const context = { traceId: hex(++this.#last, 32), spanId: hex(++this.#last, 16), flags: 0 };
    return this.#scope.run({ context }, work);
  }

  /** The one span of a name; an error where there is none, or more. */
  span(name: string): RecordedSpan {
    const [found, ...more] = this.spans.filter((span) => span.name === name);
    if (found && more.length === 0) return found;
    const names = this.spans.map((span) => span.name).join(", ");
    throw new Error(`one span "${name}" is wanted; there are: ${names || "none"}`);
  }

  /** Names of the spans from a root down to one, joined by ` > `. */
  path(span: RecordedSpan): string {
    const above = this.spans.find(({ context }) => context.spanId === span.parentId);
    return above ? `${this.path(above)} > ${span.name}` : span.name;
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, "0");
}
