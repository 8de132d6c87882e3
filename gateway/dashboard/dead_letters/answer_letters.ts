import type { Context } from "@hono/hono";
import type { AppEnv } from "../../http/app_env.ts";
import { whyAway } from "../../dead_letters/why_away.ts";
import { traceHeadersOf, traceparentOf } from "../../http/trace_headers.ts";
import type { Answer, AnswerParts } from "../answer.ts";
import { placeToGo } from "../came_from.ts";
import { jobPath } from "../paths.ts";
import { problemPage } from "../problem_page.tsx";
import { readForm } from "../read_form.ts";
import type { Replayed } from "../../dead_letters/dead_letters.ts";
import type { ReplayWish } from "../../dead_letters/plan_replay.ts";
import { letterPage } from "./letter_page.tsx";
import { type LetterFilter, pathOfList } from "./letter_paths.ts";
import { lettersPage } from "./letters_page.tsx";
import { type LetterOutcome, outcomePage } from "./outcome_page.tsx";
import { purgePage } from "./purge_page.tsx";
import { readReplay } from "./read_replay.ts";

/** Letters of one page, which is also how many one form can be about. */
const MAX_LETTERS = 50;

/** What a form can do with letters. */
type Doing = "replay" | "purge";

/** `GET /dashboard/dead-letters` */
export const listLetters: Answer = orAway(async (c, { deadLetters, show, now }) => {
  const query = new URL(c.req.url).searchParams;
  const filter = readFilter(query);
  const page = await deadLetters.list({ ...filter, limit: MAX_LETTERS });
  const selectsAll = query.get("select") === "all";
  return show(c, lettersPage({ page, filter, selectsAll, now: now() }));
});

/** `GET /dashboard/dead-letters/:id` */
export const showLetter: Answer = orAway(async (c, parts) => {
  const letter = await parts.deadLetters.find(c.req.param("id") ?? "");
  if (letter === undefined) return showGone(c, parts);
  return parts.show(c, letterPage({ letter, now: parts.now() }));
});

/** `POST /dashboard/dead-letters/:id`: replays or purges one. */
export const useLetter: Answer = orAway(async (c, parts) => {
  const { deadLetters, show, now, maxBodyBytes } = parts;
  const id = c.req.param("id") ?? "";
  const read = await readForm(c.req.raw, maxBodyBytes);
  if (!read.ok) return show(c, problemPage("This cannot be read", read.error), read.status);
  const { form } = read;
  if (form.get("do") === "purge") {
    return await deadLetters.purge(id, {
        owner: c.var.caller.name,
        traceparent: traceparentOf(c),
      })
      ? c.redirect(pathOfList({}), 303)
      : showGone(c, parts);
  }
  const letter = await deadLetters.find(id);
  if (letter === undefined) return showGone(c, parts);
  const typed = { payload: form.get("payload") ?? "", fromStep: form.get("from_step") ?? "" };
  const refuse = (problem: string, status: 400 | 409) =>
    show(c, letterPage({ letter, typed, problem, now: now() }), status);
  const replay = readReplay(form, letter);
  if (!replay.ok) return refuse(`Nothing was replayed: ${replay.problem}`, 400);
  const became = await replayOne(c, parts, id, replay.wish);
  switch (became.kind) {
    case "made":
      return c.redirect(jobPath(became.jobId), 303);
    case "gone":
      return showGone(c, parts);
    case "refused":
      return refuse(`Nothing was replayed: ${became.why}`, 409);
  }
});

/** `POST /dashboard/dead-letters`: replays or purges several; asks first, before it purges. */
export const useLetters: Answer = orAway(async (c, parts) => {
  const { show, maxBodyBytes } = parts;
  const read = await readForm(c.req.raw, maxBodyBytes);
  if (!read.ok) return show(c, problemPage("This cannot be read", read.error), read.status);
  const { form } = read;
  const doing: Doing = form.get("do") === "purge" ? "purge" : "replay";
  const ids = [...new Set(form.getAll("id"))].slice(0, MAX_LETTERS);
  const to = placeToGo(form.get("to") ?? pathOfList({}));
  if (ids.length === 0) return c.redirect(to, 303);
  if (doing === "purge" && form.get("confirmed") !== "yes") return show(c, purgePage(ids, to));
  const outcomes: LetterOutcome[] = [];
  // One after the other: each is looked for in a queue that one may look through at a time.
  for (const id of ids) outcomes.push(await useOne(c, parts, doing, id));
  return c.req.header("accept") === "application/json"
    ? c.json(outcomes[0])
    : show(c, outcomePage(doing, outcomes, to));
});

/** Says that letters cannot be looked at, where the broker is the reason. */
function orAway(answer: Answer): Answer {
  return async (c, parts) => {
    try {
      return await answer(c, parts);
    } catch (error) {
      const reason = whyAway(error);
      if (reason === undefined) throw error;
      return parts.show(c, problemPage("Not at this moment", `Dead letters: ${reason}.`), 503);
    }
  };
}

async function useOne(
  c: Context<AppEnv>,
  parts: AnswerParts,
  doing: Doing,
  id: string,
): Promise<LetterOutcome> {
  const gone = { id, ok: false, text: "It is not there any more." };
  if (doing === "purge") {
    return await parts.deadLetters.purge(id, {
        owner: c.var.caller.name,
        traceparent: traceparentOf(c),
      })
      ? { id, ok: true, text: "It was purged." }
      : gone;
  }
  const became = await replayOne(c, parts, id, {});
  switch (became.kind) {
    case "made":
      return { id, ok: true, text: `Job ${became.jobId} was made.`, href: jobPath(became.jobId) };
    case "gone":
      return gone;
    case "refused":
      return { id, ok: false, text: `It was not replayed: ${became.why}.` };
  }
}

async function replayOne(
  c: Context<AppEnv>,
  { deadLetters }: AnswerParts,
  id: string,
  wish: ReplayWish,
): Promise<OneReplay> {
  const replayed = await deadLetters.replay(id, wish, {
    owner: c.var.caller.name,
    headers: traceHeadersOf(c),
    traceparent: traceparentOf(c),
  });
  return explain(replayed);
}

/** What became of a replay, in words where it was refused. */
type OneReplay =
  | { readonly kind: "made"; readonly jobId: string }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly why: string };

function explain(replayed: Replayed): OneReplay {
  switch (replayed.kind) {
    case "replayed":
      return { kind: "made", jobId: replayed.job.id };
    case "gone":
      return replayed;
    case "needs":
    case "wrong":
      return { kind: "refused", why: replayed.problem };
    case "full":
      return { kind: "refused", why: "the gateway holds as many jobs as it may" };
    case "too_large": {
      const { bytes, maxBytes } = replayed;
      const why = `the job's message has ${bytes} bytes; ${maxBytes} are allowed`;
      return { kind: "refused", why };
    }
  }
}

/** What a list is asked for; what is empty is no filter. */
function readFilter(query: URLSearchParams): LetterFilter {
  const textOf = (name: string) => query.get(name)?.trim() || undefined;
  return {
    q: textOf("q"),
    error: textOf("error"),
    step: textOf("step"),
    tool: textOf("tool"),
    job: textOf("job"),
    cursor: textOf("cursor"),
  };
}

function showGone(c: Context<AppEnv>, { show }: AnswerParts): Response {
  const text = "There is no such dead letter: it was replayed or purged, or its id is incomplete.";
  return show(c, problemPage("No such dead letter", text), 404);
}
