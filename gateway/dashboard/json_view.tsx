import { isJsonObject, type Json } from "@asya/protocol";
import type { Child } from "@hono/hono/jsx";
import { visibleText } from "./visible_text.ts";

/** What of a value is shown: the rest is a link away. */
interface Budget {
  nodes: number;
  chars: number;
  isCut: boolean;
}

/** Members and items of one value that are shown, at whatever depth. */
const MAX_NODES = 400;

/** Characters of all texts of one value that are shown. */
const MAX_CHARS = 20_000;

/** Characters of one text that are shown. */
const MAX_TEXT = 2_000;

const MAX_KEY = 200;

/** Levels that are shown. */
const MAX_DEPTH = 12;

/** Levels that are open when the page is opened. */
const OPEN_DEPTH = 2;

/** What a value is shown with. */
export interface JsonViewProps {
  readonly value: Json;
  /** Where all of it can be read, should it be too large for a page. */
  readonly rawPath?: string | undefined;
}

/** A JSON value that can be opened and closed, as much of it as fits a page. */
export function JsonView({ value, rawPath }: JsonViewProps) {
  const budget = { nodes: MAX_NODES, chars: MAX_CHARS, isCut: false };
  const shown = showValue(value, 0, budget);
  return (
    <div class="json">
      {shown}
      {budget.isCut && (
        <p class="soft small">
          Not all of it is shown here.
          {rawPath !== undefined && (
            <>
              {" "}
              <a href={rawPath}>All of it, as JSON</a>
            </>
          )}
        </p>
      )}
    </div>
  );
}

function showValue(value: Json, depth: number, budget: Budget): Child {
  if (Array.isArray(value)) {
    return showMembers(value.map((item, index) => [index, item]), "[]", depth, budget);
  }
  if (isJsonObject(value)) return showMembers(Object.entries(value), "{}", depth, budget);
  return showAtom(value, budget);
}

function showAtom(value: Json, budget: Budget): Child {
  if (typeof value !== "string") return <span class="atom">{JSON.stringify(value)}</span>;
  const room = Math.max(0, Math.min(MAX_TEXT, budget.chars));
  if (value.length > room) budget.isCut = true;
  budget.chars -= Math.min(value.length, room);
  const text = visibleText(JSON.stringify(value.slice(0, room).toWellFormed()));
  return (
    <span class="text">
      {text}
      {value.length > room && (
        <span class="soft">{` … ${value.length.toLocaleString("en")} characters`}</span>
      )}
    </span>
  );
}

function showMembers(
  members: readonly (readonly [string | number, Json])[],
  brackets: "[]" | "{}",
  depth: number,
  budget: Budget,
): Child {
  const [open, close] = brackets;
  if (members.length === 0) return <span class="soft">{brackets}</span>;
  if (depth >= MAX_DEPTH) {
    budget.isCut = true;
    return <span class="soft">{`${open} … ${close}`}</span>;
  }
  const items: Child[] = [];
  for (const [key, value] of members) {
    if (budget.nodes-- <= 0) {
      budget.isCut = true;
      break;
    }
    items.push(showMember(key, value, depth, budget));
  }
  const unit = brackets === "[]" ? "items" : "members";
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary>
        <span class="soft">{`${open} ${members.length} ${unit} ${close}`}</span>
      </summary>
      <ul>{items}</ul>
    </details>
  );
}

function showMember(key: string | number, value: Json, depth: number, budget: Budget): Child {
  const name = typeof key === "number" ? String(key) : visibleText(key, MAX_KEY);
  return (
    <li>
      <span class="key">{name}</span> {showValue(value, depth + 1, budget)}
    </li>
  );
}
