import { markdownTable } from "@asya/program";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";

/**
 * Makes the table of a chart's values from its `values.yaml`: a row for each value, with its default
 * and the comment above it. A map whose members have no comments is one value.
 *
 * @param text the file
 * @throws Error when a value has no comment
 */
export function chartValuesTable(text: string): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error("values are no map");
  return markdownTable(["value", "default", "what it says"], rowsOf(document.contents, ""));
}

function rowsOf(map: YAMLMap, prefix: string): string[][] {
  return map.items.flatMap((pair, index) => {
    const name = `${prefix}${String(isScalar(pair.key) ? pair.key.value : pair.key)}`;
    const said = commentOf(pair, index === 0 ? map.commentBefore : undefined);
    const { value } = pair;
    if (isMap(value) && hasComments(value)) {
      const own = said === undefined ? [] : [[`\`${name}\``, "", said]];
      return [...own, ...rowsOf(value, `${name}.`)];
    }
    if (said === undefined) throw new Error(`${name} has no comment above it`);
    const json = JSON.stringify(isScalar(value) || !value ? value : (value as YAMLMap).toJSON());
    return [[`\`${name}\``, `\`${json.replaceAll("|", "\\|")}\``, said]];
  });
}

function hasComments(map: YAMLMap): boolean {
  return map.items.some((pair, index) =>
    commentOf(pair, index === 0 ? map.commentBefore : undefined) !== undefined
  );
}

/** The paragraph right above a value; of its first one, YAML says that it stands above the map. */
function commentOf({ key }: Pair, above: string | null | undefined): string | undefined {
  const text = (isScalar(key) ? key.commentBefore : undefined) ?? above;
  const paragraph = text?.split(/\n\s*\n/).at(-1)?.replace(/\s+/g, " ").trim().replaceAll(
    "|",
    "\\|",
  );
  return paragraph === "" ? undefined : paragraph;
}
