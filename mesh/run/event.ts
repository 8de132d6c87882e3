/** How a process ended. */
export interface ProcessExit {
  /** Exit code; 128 and the signal's number where a signal ended it. */
  readonly code: number;
  /** The signal's name, where one ended it. */
  readonly signal: string | null;
}

/** What happens in a mesh that its user may want to know. */
export type MeshEvent =
  /** A process was started. */
  | { readonly kind: "started"; readonly process: string; readonly pid: number }
  /** A process answers that it can work. */
  | { readonly kind: "ready"; readonly process: string; readonly afterMs: number }
  /** A process ended because it was asked to. */
  | { readonly kind: "stopped"; readonly process: string; readonly exit: ProcessExit }
  /** A process ended by itself, and is started again. */
  | {
    readonly kind: "died";
    readonly process: string;
    readonly exit: ProcessExit;
    readonly restartInMs: number;
  }
  /** A process could not begin, and is left as it is until what it runs changes. */
  | {
    readonly kind: "held";
    readonly process: string;
    readonly exit: ProcessExit;
    /** What it said last. */
    readonly lastLines: readonly string[];
  }
  /** A process did not end when it was asked to, and is ended. */
  | { readonly kind: "killed"; readonly process: string; readonly afterMs: number };

/** What the user of a mesh wants to know at once. */
export type MeshNews =
  /** The broker cannot be used, for this reason; it is tried again. */
  | { readonly kind: "broker_away"; readonly reason: string }
  /** It can, after it could not. */
  | { readonly kind: "broker_back" }
  /** Processes that cannot work yet, and what they say about it. */
  | { readonly kind: "still_waiting"; readonly for: readonly Awaited[]; readonly afterMs: number }
  | DevNews;

/** What becomes of a file that was saved. */
export type DevNews =
  /** An actor works with what was saved. */
  | {
    readonly kind: "reloaded";
    readonly unit: string;
    /** Names of the files. */
    readonly files: readonly string[];
    /** Milliseconds from the save until it serves. */
    readonly tookMs: number;
  }
  /** An actor finishes first what it has in hand, which may take a while. */
  | { readonly kind: "finishing"; readonly unit: string; readonly forMs: number }
  /** An actor cannot begin; its messages wait. */
  | {
    readonly kind: "broken";
    readonly unit: string;
    /** Where, as `file:line:column`. */
    readonly place?: string;
    /** What it said. */
    readonly lines: readonly string[];
    /** What to do about it, where that is known. */
    readonly todo?: string;
  }
  /** The mesh's file was saved, and cannot be used; what runs goes on. */
  | { readonly kind: "file_wrong"; readonly problem: string }
  /** The mesh's file says something that only a start can take. */
  | { readonly kind: "file_needs_start"; readonly keys: readonly string[] }
  /** The mesh runs as its file says. */
  | {
    readonly kind: "file_taken";
    /** What was begun, ended or restarted. */
    readonly units: readonly string[];
    /** Whether tools are others, which the gateway takes by itself. */
    readonly hasOtherTools: boolean;
    readonly tookMs: number;
  };

/** A process that is waited for. */
export interface Awaited {
  readonly process: string;
  /** What it says, in a few words. */
  readonly reason: string;
}

/** A log line in constant words, and what varies. */
export interface MeshLine {
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Writes an event as a log line.
 *
 * @param event what happened
 * @example
 * ```ts
 * import { describeEvent } from "./event.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(describeEvent({ kind: "started", process: "gateway", pid: 7 }), {
 *   level: "DEBUG", message: "process started", fields: { of: "gateway", pid: 7 },
 * });
 * ```
 */
export function describeEvent(event: MeshEvent): MeshLine {
  const { process: of } = event;
  switch (event.kind) {
    case "started":
      return { level: "DEBUG", message: "process started", fields: { of, pid: event.pid } };
    case "ready":
      return { level: "DEBUG", message: "process is ready", fields: { of, ms: event.afterMs } };
    case "stopped":
      return { level: "DEBUG", message: "process stopped", fields: { of, ...event.exit } };
    case "died":
      return {
        level: "WARN",
        message: "process died and is started again",
        fields: { of, ...event.exit, restartInMs: event.restartInMs },
      };
    case "held":
      return {
        level: "WARN",
        message: "process could not begin and waits for a change",
        fields: { of, ...event.exit },
      };
    case "killed":
      return {
        level: "WARN",
        message: "process did not stop and is killed",
        fields: { of, ms: event.afterMs },
      };
  }
}

/**
 * Writes news as a log line.
 *
 * @param news what is worth knowing
 */
export function describeNews(news: MeshNews): MeshLine {
  switch (news.kind) {
    case "broker_away":
      return {
        level: "WARN",
        message: "RabbitMQ cannot be used; it is tried again until it can",
        fields: { reason: news.reason },
      };
    case "broker_back":
      return { level: "INFO", message: "RabbitMQ answers", fields: {} };
    case "still_waiting":
      return {
        level: "WARN",
        message: "processes are not ready yet",
        fields: { of: news.for, ms: news.afterMs },
      };
    case "reloaded": {
      const { unit: of, files, tookMs: ms } = news;
      return { level: "INFO", message: "actor was reloaded", fields: { of, files, ms } };
    }
    case "finishing":
      return {
        level: "INFO",
        message: "actor finishes what it has in hand before it is reloaded",
        fields: { of: news.unit, forMs: news.forMs },
      };
    case "broken": {
      const { unit: of, place, lines, todo } = news;
      return {
        level: "ERROR",
        message: "actor cannot begin; its messages wait",
        fields: {
          of,
          ...(place !== undefined && { place }),
          lines,
          ...(todo !== undefined && { todo }),
        },
      };
    }
    case "file_wrong":
      return {
        level: "ERROR",
        message: "the mesh's file cannot be used; what runs goes on",
        fields: { problem: news.problem },
      };
    case "file_needs_start":
      return {
        level: "WARN",
        message: "the mesh's file changes what only a start can take",
        fields: { keys: news.keys },
      };
    case "file_taken": {
      const { units: of, hasOtherTools: tools, tookMs: ms } = news;
      return {
        level: "INFO",
        message: "the mesh runs as its file says",
        fields: { of, tools, ms },
      };
    }
  }
}

/**
 * Writes news for a person, in one line.
 *
 * @param news what is worth knowing
 * @example
 * ```ts
 * import { sayNews } from "./event.ts";
 * import assert from "node:assert/strict";
 * const ocr = { process: "ocr.sidecar", reason: "the runtime has not answered" };
 * assert.equal(
 *   sayNews({ kind: "still_waiting", for: [ocr], afterMs: 10_000 }),
 *   "waiting for ocr.sidecar for 10 s: the runtime has not answered",
 * );
 * ```
 */
export function sayNews(news: MeshNews): string {
  switch (news.kind) {
    case "broker_away":
      return `waiting for RabbitMQ: ${news.reason}; start it, or stop this and correct ` +
        "--transport or ASYA_RABBITMQ_…";
    case "broker_back":
      return "RabbitMQ answers";
    case "still_waiting": {
      const reasons = Map.groupBy(news.for, ({ reason }) => reason);
      const parts = [...reasons].map(([reason, awaited]) =>
        `${awaited.map(({ process }) => process).join(", ")} for ${
          Math.round(news.afterMs / 1000)
        } s: ${reason}`
      );
      return `waiting for ${parts.join("; ")}`;
    }
    case "reloaded":
      return `${news.unit} reloaded in ${news.tookMs} ms (${news.files.join(", ")})`;
    case "finishing":
      return `${news.unit} finishes what it has in hand first, for at most ${
        Math.round(news.forMs / 1000)
      } s`;
    case "broken": {
      const { unit, place, lines, todo } = news;
      const where = place === undefined ? "" : ` at ${place}`;
      const what = `${unit} cannot begin${where}; its messages wait until it is put right`;
      const said = [...lines, ...todo === undefined ? [] : ["", todo]];
      return ["", what, "", ...said.map((line) => line && `  ${line}`), ""].join("\n");
    }
    case "file_wrong":
      return `${news.problem}\nwhat runs goes on as it was`;
    case "file_needs_start":
      return `${news.keys.join(" and ")} changed, which only a start can take: ` +
        "end this and call it again; until then nothing else of the file is taken";
    case "file_taken": {
      const { units, hasOtherTools, tookMs } = news;
      const tools = hasOtherTools ? ["the gateway serves its tools within two seconds"] : [];
      const restarted = units.length > 0
        ? [`${units.join(", ")} taken from the mesh's file in ${tookMs} ms`]
        : [];
      const said = [...restarted, ...tools].join("; ");
      return said || "the mesh's file is in order again, and nothing else in it changed";
    }
  }
}
