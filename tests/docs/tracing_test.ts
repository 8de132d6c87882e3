/**
 * What docs/tracing.md has its reader type shows what it says. Attributes of spans are those of
 * OpenTelemetry's conventions, or are on that page.
 *
 * @module
 */
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import assert from "node:assert/strict";
import { listFiles } from "../../tools/list_files.ts";
import { pathOf } from "../kit/mod.ts";
import { followPage } from "./follow_page.ts";

const root = new URL("../../", import.meta.url);

const PROGRAMS = /^(actors|gateway|mesh|operator|program|runtime|sidecar|transport)\//;

/** Names of attributes in the programs' code: dotted keys, in files that have to do with spans. */
async function attributesInCode(): Promise<Set<string>> {
  const paths = (await listFiles(root)).filter((path) =>
    PROGRAMS.test(path) && path.endsWith(".ts") && !/_test\.ts$|\/testing\//.test(path)
  );
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(pathOf(path))));
  const ofSpans = texts.filter((text) =>
    /\b(Span|SpanAttributes|MessagingAttributes|Tracing)\b/.test(text)
  );
  const keys = ofSpans.flatMap((text) =>
    Array.from(text.matchAll(/"([a-z][a-z_]*(?:\.[a-z][a-z0-9_]*)+)":/g), ([, name = ""]) => name)
  );
  return new Set(keys);
}

Deno.test("[T1] tracing.md: a few lines show the spans of a call", async () => {
  await followPage("docs/tracing.md");
});

Deno.test("[N7] attributes of spans have OpenTelemetry's names, or are told of", async () => {
  const official = new Set(
    Object.entries(conventions)
      .filter(([key]) => key.startsWith("ATTR_"))
      .map(([, name]) => name as unknown),
  );
  const page = await Deno.readTextFile(pathOf("docs/tracing.md"));
  const ours = new Set(Array.from(page.matchAll(/^\| `(asya\.[a-z_.]+)`/gm), ([, name]) => name));
  const used = await attributesInCode();
  assert.ok(used.size > 15);
  const foreign = [...used].filter((name) => !official.has(name) && !name.startsWith("asya."));
  assert.deepEqual(foreign, [], "neither OpenTelemetry's nor ours");
  const own = [...used].filter((name) => name.startsWith("asya.")).sort();
  assert.deepEqual([...ours].sort(), own, "docs/tracing.md has every one of ours, and no other");
});
