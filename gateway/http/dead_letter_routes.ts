import { jobToWire, MAX_MESSAGE_DEPTH, readWith, showJson } from "@asya/protocol";
import type { Context } from "@hono/hono";
import type { DeadLetters } from "../dead_letters/dead_letters.ts";
import { whyAway } from "../dead_letters/why_away.ts";
import type { App, AppEnv, Guards } from "./app_env.ts";
import { letterIdSchema, parseLetterQuery } from "./parse_letter_query.ts";
import { parseReplay } from "./parse_replay.ts";
import { readBody } from "./read_body.ts";
import { traceHeadersOf, traceparentOf } from "./trace_headers.ts";

/** What the routes about dead letters stand on. */
export interface DeadLetterRoutesOptions {
  readonly deadLetters: DeadLetters;
  readonly maxMessageBytes: number;
}

/** What a replay carries besides a payload as large as a message may be. */
const ENVELOPE_BYTES = 1024 * 1024;

/** Adds the routes by which dead letters are read, replayed and purged. */
export function addDeadLetterRoutes(
  app: App,
  guards: Guards,
  { deadLetters, maxMessageBytes }: DeadLetterRoutesOptions,
): void {
  const isAdmin = guards.needs("jobs:admin");

  app.get(
    "/dead-letters",
    isAdmin,
    orAway(async (c) => {
      const parsed = parseLetterQuery(new URL(c.req.url).searchParams);
      if (!parsed.ok) return c.json({ error: parsed.problems.join("; ") }, 400);
      const { letters, next, scanned, complete } = await deadLetters.list(parsed.value);
      return c.json({
        dead_letters: letters,
        ...(next !== undefined && { next_cursor: next }),
        scanned,
        complete,
      });
    }),
  );

  app.get(
    "/dead-letters/:id",
    isAdmin,
    orAway(async (c) => {
      const id = letterIdOf(c);
      const letter = id === undefined ? undefined : await deadLetters.find(id);
      return letter ? c.json(letter) : unknownLetter(c);
    }),
  );

  app.post(
    "/dead-letters/:id/replay",
    isAdmin,
    orAway(async (c) => {
      const maxBytes = maxMessageBytes + ENVELOPE_BYTES;
      const body = await readBody(c.req.raw, {
        maxBytes,
        maxDepth: MAX_MESSAGE_DEPTH,
        whenEmpty: {},
      });
      if (!body.ok) return c.json({ error: body.error }, body.status);
      const wish = parseReplay(body.value);
      if (!wish.ok) return c.json({ error: wish.problems.join("; ") }, 400);
      const id = letterIdOf(c);
      if (id === undefined) return unknownLetter(c);
      const replayed = await deadLetters.replay(id, wish.value, {
        owner: c.var.caller.name,
        headers: traceHeadersOf(c),
        traceparent: traceparentOf(c),
      });
      switch (replayed.kind) {
        case "replayed": {
          const { job, payload } = replayed;
          return c.json({
            job_id: job.id,
            ...jobToWire(job, payload === undefined ? {} : { payload }),
          });
        }
        case "gone":
          return unknownLetter(c);
        case "needs":
          return c.json({ error: replayed.problem }, 409);
        case "wrong":
          return c.json({ error: replayed.problem }, 400);
        case "full":
          return c.json(
            { error: "the gateway holds as many jobs as it may; try again later" },
            503,
          );
        case "too_large": {
          const { bytes, maxBytes } = replayed;
          const error = `the job's message has ${bytes} bytes; ${maxBytes} are allowed`;
          return c.json({ error }, 413);
        }
      }
    }),
  );

  app.delete(
    "/dead-letters/:id",
    isAdmin,
    orAway(async (c) => {
      const id = letterIdOf(c);
      const isPurged = id !== undefined &&
        await deadLetters.purge(id, {
          owner: c.var.caller.name,
          traceparent: traceparentOf(c),
        });
      return isPurged ? c.json({ purged: true }) : unknownLetter(c);
    }),
  );
}

/** Answers that letters cannot be looked at, where the broker is the reason. */
function orAway(
  answer: (c: Context<AppEnv>) => Promise<Response>,
): (c: Context<AppEnv>) => Promise<Response> {
  return async (c) => {
    try {
      return await answer(c);
    } catch (error) {
      const reason = whyAway(error);
      if (reason === undefined) throw error;
      return c.json({ error: reason }, 503);
    }
  };
}

function letterIdOf(c: Context<AppEnv>): string | undefined {
  const read = readWith(letterIdSchema, c.req.param("id"), "id");
  return read.ok ? read.value : undefined;
}

function unknownLetter(c: Context<AppEnv>): Response {
  const shown = showJson(c.req.param("id"));
  return c.json({
    error: `there is no dead letter ${shown}; the id of one that is listed is allowed`,
  }, 404);
}
