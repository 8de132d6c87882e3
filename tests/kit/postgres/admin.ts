import postgres from "postgres";

/** Questions of a test, asked over one connection. */
export type Sql = postgres.Sql;

/**
 * Opens a connection for a test's own questions; end it with `end()`.
 *
 * @param url where, with the database
 */
export function openSql(url: string): Sql {
  const { username, password, hostname, port, pathname } = new URL(url);
  return postgres({
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || "postgres",
    // A server that asks for TLS is one of our own, on loopback.
    ssl: "prefer",
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
  });
}

/**
 * Asks something, and closes the connection.
 *
 * @param url where, with the database
 * @param ask does the asking
 */
export async function askOnce<T>(url: string, ask: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = openSql(url);
  try {
    return await ask(sql);
  } finally {
    await sql.end();
  }
}

/**
 * Whether there is a server that answers.
 *
 * @param url where
 */
export async function answersQuestions(url: string): Promise<boolean> {
  try {
    await askOnce(url, (sql) => sql`SELECT 1`);
    return true;
  } catch {
    return false; // not at this moment
  }
}
