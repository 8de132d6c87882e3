/**
 * What each writer of changes did last. Who lost the answer to a statement, with its connection,
 * finds here whether it was done. One row for each, which is rewritten in its place.
 */
export const writers = `
CREATE TABLE asya.writers (
  writer  text        PRIMARY KEY,
  number  bigint      NOT NULL,
  serials bigint[]    NOT NULL,
  at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10);
COMMENT ON TABLE asya.writers IS 'the last statement of each writer, with the jobs it has changed';
`;
