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
  const shown = showValue(undefined, value, 0, budget);
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

/** A value, with the name that it has where it is part of another. */
function showValue(name: string | undefined, value: Json, depth: number, budget: Budget): Child {
  const within = membersOf(value, budget.nodes + 1);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (within === undefined) {
    return (
      <>
        <Name name={name} />
        {showAtom(value, budget)}
      </>
    );
  }
  const { count, members } = within;
  if (count === 0 || depth >= MAX_DEPTH) {
    if (count > 0) budget.isCut = true;
    return (
      <>
        <Name name={name} />
        <span class="soft">{count === 0 ? `${open}${close}` : `${open} … ${close}`}</span>
      </>
    );
  }
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary>
        <Name name={name} />
        <span class="soft">{`${open} ${count} ${close}`}</span>
      </summary>
      <ul>{showMembers(members, depth + 1, budget)}</ul>
    </details>
  );
}

type Member = readonly [name: string, value: Json];

/** What is in an object or a list: the first of it, and how much there is. */
function membersOf(
  value: Json,
  most: number,
): { readonly count: number; readonly members: readonly Member[] } | undefined {
  if (Array.isArray(value)) {
    const items = value.slice(0, most);
    return { count: value.length, members: items.map((item, index) => [String(index), item]) };
  }
  if (!isJsonObject(value)) return undefined;
  const names = Object.keys(value);
  const members = names.slice(0, most).map((name): Member => [name, value[name] ?? null]);
  return { count: names.length, members };
}

function showMembers(members: readonly Member[], depth: number, budget: Budget): Child[] {
  const items: Child[] = [];
  for (const member of members) {
    if (budget.nodes-- <= 0) {
      budget.isCut = true;
      break;
    }
    items.push(showMember(member, depth, budget));
  }
  return items;
}

function showMember([name, value]: Member, depth: number, budget: Budget): Child {
  return <li>{showValue(name, value, depth, budget)}</li>;
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : <span class="key">{`${visibleText(name, MAX_KEY)}: `}</span>;
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
