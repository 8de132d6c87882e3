/**
 * Reads values of JSON, one on each line, as a watch sends them.
 *
 * @param stream bytes of UTF-8, cut anywhere
 * @throws SyntaxError for a line that is no JSON, such as one that was cut off
 */
export async function* jsonLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<unknown> {
  let pending: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      pending.push(text.slice(from, end));
      const line = pending.join("");
      pending = [];
      from = end + 1;
      if (line.trim() !== "") yield JSON.parse(line);
    }
    if (from < text.length) pending.push(text.slice(from));
  }
  const rest = pending.join("");
  if (rest.trim() !== "") yield JSON.parse(rest);
}
