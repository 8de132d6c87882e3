/** What came of filling the sections of a text. */
export interface Filled {
  /** The text with every section filled. */
  readonly text: string;
  /** The sections that were found, in order. */
  readonly names: readonly string[];
  /** What is wrong with the markers, one sentence each. */
  readonly problems: readonly string[];
}

const marker = /^<!-- (begin|end) ([a-z ]+) -->$/;

/**
 * Fills the generated sections of a Markdown text: what stands between `<!-- begin NAME -->` and
 * `<!-- end NAME -->`, each alone on a line.
 *
 * @param text The text.
 * @param contents The content of each section, by name.
 * @returns The filled text, and which sections it has.
 */
export function fillSections(text: string, contents: ReadonlyMap<string, string>): Filled {
  const lines: string[] = [];
  const names: string[] = [];
  const problems: string[] = [];
  let open: string | undefined;
  for (const line of text.split("\n")) {
    const [, edge, name] = marker.exec(line) ?? [];
    if (edge === "begin" && name !== undefined && open === undefined) {
      open = name;
      names.push(name);
      const content = contents.get(name);
      if (content === undefined) {
        problems.push(`a section ${name}; allowed: ${[...contents.keys()].join(", ")}`);
      }
      lines.push(line, "", (content ?? "").trimEnd(), "");
    } else if (edge === "end" && name === open) {
      open = undefined;
      lines.push(line);
    } else if (edge !== undefined) {
      problems.push(`the marker "${line}" stands where it cannot`);
    } else if (open === undefined) {
      lines.push(line);
    }
  }
  if (open !== undefined) problems.push(`the section ${open} has no end`);
  return { text: lines.join("\n"), names, problems };
}
