/**
 * Reads values of JSON, one on each line, as a watch sends them. The stream is let go at the end,
 * also where the reader stops early.
 *
 * @param stream bytes of UTF-8, cut anywhere
 * @param signal ends it; what was read by then has been given
 * @throws SyntaxError for a line that is no JSON, such as one that was cut off
 */
export async function* jsonLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  // A read that waits ends with this, whatever the connection does.
  let letGo: Promise<void> | undefined;
  const cancel = () => letGo ??= reader.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    yield* parseLines(reader);
  } finally {
    signal?.removeEventListener("abort", cancel);
    // A stream that broke has told so to whoever read it.
    await cancel().catch(() => {});
  }
}

async function* parseLines(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let pending: string[] = [];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const text = decoder.decode(read.value, { stream: true });
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
