import {
  isJsonObject,
  type Json,
  type JsonObject,
  MAX_MESSAGE_DEPTH,
  parseJson,
} from "@asya/protocol";
import type { Context } from "@hono/hono";
import type { AppEnv } from "../../http/app_env.ts";
import { traceHeadersOf } from "../../http/trace_headers.ts";
import { startCall, type Started } from "../../tools/calls.ts";
import type { Tool } from "../../tools/tool.ts";
import type { Answer, AnswerParts } from "../answer.ts";
import { draftKeyOf } from "../draft_key.tsx";
import { jobPath } from "../paths.ts";
import { problemPage } from "../problem_page.tsx";
import { readForm } from "../read_form.ts";
import { changeList, parseListChange } from "./change_list.ts";
import { writeCommandLines } from "./command_lines.ts";
import { fillForm } from "./fill_form.ts";
import type { FormState } from "./form_fields.tsx";
import { type ObjectField, planForm } from "./form_field.ts";
import { within } from "./form_path.ts";
import { placeProblems } from "./place_problems.ts";
import { hasTooManyItems, itemsIn, readArguments } from "./read_arguments.ts";
import { toolPage, type ToolPageProps } from "./tool_page.tsx";
import { toolsPage } from "./tools_page.tsx";

/** What of a tool's page is not as it is at first. */
type Shown = Partial<Pick<ToolPageProps, "json" | "jsonProblem" | "showsLines" | "problem">>;

/** How a call is refused that makes no job. */
const REFUSAL_STATUS = {
  unknown_tool: 404,
  arguments: 400,
  too_large: 413,
  full: 503,
  key_reused: 409,
} as const;

/** `GET /dashboard/tools` */
export const listTools: Answer = (c, { show, tools }) => show(c, toolsPage(tools()));

/** `GET /dashboard/tools/:name` */
export const showTool: Answer = (c, parts) => {
  const tool = findTool(c, parts);
  if (tool === undefined) return showUnknown(c, parts);
  const form = planForm(tool.inputSchema);
  const texts = fillForm(form);
  return showForm(c, parts, { tool, form, state: { texts, problems: [] } });
};

/** `POST /dashboard/tools/:name`: what a button of the form asks for. */
export const useTool: Answer = async (c, parts) => {
  const tool = findTool(c, parts);
  if (tool === undefined) return showUnknown(c, parts);
  const read = await readForm(c.req.raw, parts.maxBodyBytes);
  if (!read.ok) return parts.show(c, problemPage("This cannot be read", read.error), read.status);
  const { form: sent } = read;
  const form = planForm(tool.inputSchema);
  const wish = sent.get("do") ?? "call";
  if (wish === "json") return await callWithJson(c, parts, tool, form, sent);
  const texts = new Map(sent);
  if (hasTooManyItems(texts)) {
    const text =
      "The lists of this form have more items than a form can have; write the arguments " +
      "as JSON instead.";
    return parts.show(c, problemPage("Too many items", text), 413);
  }
  const change = parseListChange(wish);
  if (change) {
    const changed = changeList(texts, change);
    const focus = change.kind === "add"
      ? within(change.path, itemsIn(changed, change.path) - 1)
      : undefined;
    return showForm(c, parts, { tool, form, state: { texts: changed, problems: [], focus } });
  }
  const { arguments: args, problems, places } = readArguments(form, texts);
  const state = { texts, problems };
  if (wish === "show") return showForm(c, parts, { tool, form, state }, { showsLines: true });
  const wrong = [...problems, ...placeProblems(locate(tool, args), places)];
  if (wrong.length > 0) {
    return showForm(c, parts, { tool, form, state: { texts, problems: wrong } }, {}, 400);
  }
  return await call(c, parts, { tool, form, state }, args, sent);
};

async function callWithJson(
  c: Context<AppEnv>,
  parts: AnswerParts,
  tool: Tool,
  form: ObjectField,
  sent: URLSearchParams,
): Promise<Response> {
  const json = sent.get("json") ?? "";
  const parsed = parseJson(json, MAX_MESSAGE_DEPTH);
  const jsonProblem = !parsed.ok
    ? `This is not JSON, which is allowed: ${parsed.reason}`
    : isJsonObject(parsed.value)
    ? undefined
    : "This is no object; a JSON object is allowed.";
  if (!parsed.ok || !isJsonObject(parsed.value)) {
    const state = { texts: fillForm(form), problems: [] };
    return showForm(c, parts, { tool, form, state }, { json, jsonProblem }, 400);
  }
  const texts = fillForm(form, parsed.value);
  const { places } = readArguments(form, texts);
  const problems = placeProblems(locate(tool, parsed.value), places);
  const state = { texts, problems };
  return problems.length > 0
    ? showForm(c, parts, { tool, form, state }, { json }, 400)
    : await call(c, parts, { tool, form, state }, parsed.value, sent);
}

async function call(
  c: Context<AppEnv>,
  parts: AnswerParts,
  on: { readonly tool: Tool; readonly form: ObjectField; readonly state: FormState },
  args: JsonObject,
  sent: URLSearchParams,
): Promise<Response> {
  const draftKey = draftKeyOf(sent);
  const started: Started = await startCall(parts.calls, {
    name: on.tool.name,
    arguments: args,
    owner: c.var.caller.name,
    // The same draft with other arguments is another call.
    key: draftKey && `draft ${draftKey} ${JSON.stringify(args)}`,
    headers: traceHeadersOf(c),
  });
  if (started.kind === "started") return c.redirect(jobPath(started.job.id), 303);
  const { reason, message } = started;
  return showForm(c, parts, on, { problem: message }, REFUSAL_STATUS[reason]);
}

/** What is wrong with arguments; they themselves stay without what is filled in. */
function locate(tool: Tool, args: JsonObject) {
  const copy: Json = structuredClone(args);
  return tool.locateProblems(copy);
}

function showForm(
  c: Context<AppEnv>,
  parts: AnswerParts,
  on: { readonly tool: Tool; readonly form: ObjectField; readonly state: FormState },
  shown: Shown = {},
  status: 200 | 400 | 404 | 409 | 413 | 503 = 200,
): Response {
  const { tool, form, state } = on;
  const { arguments: args } = readArguments(form, state.texts);
  const lines = writeCommandLines({
    tool: tool.name,
    inputSchema: tool.inputSchema,
    arguments: args,
    baseUrl: parts.baseUrlOf(c.req.raw),
    needsToken: c.var.caller.name !== undefined,
  });
  const json = JSON.stringify(args, null, 2);
  const draftKey = parts.calls.createId();
  const page = toolPage({ tool, form, state, json, lines, showsLines: false, draftKey, ...shown });
  return parts.show(c, page, status);
}

function findTool(c: Context<AppEnv>, { calls }: AnswerParts): Tool | undefined {
  return calls.findTool(c.req.param("name") ?? "");
}

function showUnknown(c: Context<AppEnv>, { show }: AnswerParts): Response {
  const text = "There is no tool of this name; the list of tools has those that there are.";
  return show(c, problemPage("No such tool", text), 404);
}
