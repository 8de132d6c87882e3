import type { JsonObject } from "@asya/protocol";
import { type Command, defineCommand } from "../command.ts";
import { jsonOption, urlOption } from "../gateway_options.ts";
import { checkList, listOptions } from "../list_options.ts";
import { openGateway } from "../open_gateway.ts";
import { describeNone } from "./choose_letters.ts";
import { filterOptions } from "./letter_options.ts";
import { listLetters } from "../../client/find_letters.ts";
import { textOf } from "../../client/job_event.ts";
import { EXIT } from "../../run/run_mesh.ts";
import { formatElapsed } from "../../show/format_elapsed.ts";
import { type Column, formatTable, type TableStyle } from "../../show/format_table.ts";
import { shortIds } from "../../show/short_ids.ts";

/** How many dead letters are listed where nobody says how many. */
const USUAL_LIMIT = 50;

/** `asya dlq ls`: lists dead letters. */
export const dlqLs: Command = defineCommand({
  name: "dlq ls",
  summary: "list dead letters, and why each is one",
  about:
    "Lists dead letters: work that was given up, and waits for somebody to do it again or to " +
    "remove it.",
  positionals: {},
  options: {
    ...filterOptions,
    ...listOptions(USUAL_LIMIT),
    url: urlOption,
    json: jsonOption('print {"dead_letters": […]}, each as the gateway shows it'),
  },
  examples: [
    { line: "asya dlq ls", doc: "what waits for you" },
    { line: "asya dlq ls --step ocr --error timeout_error", doc: "what took a step too long" },
  ],
  check: checkList,
  async run({ step, error, tool, job, q, limit = USUAL_LIMIT, all, url, json }, context) {
    const { screen } = context;
    const client = await openGateway(url, context);
    const letters = await listLetters(
      client,
      { step, error, tool, job, q },
      all ? Infinity : limit,
    );
    if (json) screen.out(JSON.stringify({ dead_letters: letters }));
    else if (letters.length === 0) screen.err(describeNone({ step, error, tool, job, q }));
    else {
      const style = { columns: screen.columnsOut(), colour: screen.colourOut };
      for (const line of letterTable(letters, new Date(), style)) screen.out(line);
    }
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column[] = [
  { title: "ID" },
  { title: "TOOL", isElastic: true },
  { title: "STEP", isElastic: true },
  { title: "ERROR", isElastic: true },
  { title: "TRIES", isRight: true },
  { title: "AGE", isRight: true },
  { title: "REPLAY" },
  { title: "MESSAGE", isElastic: true },
];

/**
 * Dead letters as lines of a table. Where a terminal shows it, ids are as short as tells them apart.
 *
 * @param letters as the gateway shows them
 * @param now the time
 * @param style how wide and how colourful it may be
 */
export function letterTable(
  letters: readonly JsonObject[],
  now: Date,
  style: TableStyle,
): string[] {
  const ids = letters.map(({ id }) => textOf(id));
  const shown = style.columns === Infinity ? ids : shortIds(ids);
  return formatTable(
    COLUMNS,
    letters.map((letter, index) => {
      const sinceMs = Date.parse(textOf(letter.queued_at) || textOf(letter.created));
      return [
        shown[index] ?? "",
        textOf(letter.tool),
        textOf(letter.step),
        textOf(letter.error),
        typeof letter.attempt === "number" ? String(letter.attempt) : "",
        Number.isNaN(sinceMs) ? "" : formatElapsed(now.getTime() - sinceMs),
        letter.replayable === true ? "yes" : "no",
        textOf(letter.message),
      ];
    }),
    style,
  );
}
