import { type ReadResult, readWith, type Schema } from "@asya/protocol";

/**
 * Reads a query. A parameter that is given twice is refused, as is one that there is not: a filter
 * with a slip in its name would list other things than were asked for.
 *
 * @param schema what is taken
 * @param query the URL's parameters
 */
export function readQuery<T>(schema: Schema<T>, query: URLSearchParams): ReadResult<T> {
  const problems = [...new Set(query.keys())].flatMap((name) => {
    const times = query.getAll(name).length;
    return times > 1 ? [`${name.slice(0, 80)} is given ${times} times; once is allowed`] : [];
  });
  if (problems.length > 0) return { ok: false, problems };
  return readWith(schema, Object.fromEntries(query), "the query");
}
