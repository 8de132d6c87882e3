/**
 * Jobs, and what belongs to them. What may be large (payload, result) stands beside what changes
 * often (state), so that a report of progress rewrites little. Times are milliseconds since the
 * epoch, and JSON is text: what was sent comes back to the last character.
 */
export const jobs = `
CREATE SEQUENCE asya.job_serials;

CREATE TABLE asya.jobs (
  serial      bigint PRIMARY KEY,
  id          text   NOT NULL UNIQUE,
  version     int    NOT NULL DEFAULT 0,
  status      text   NOT NULL,
  tool        text   NOT NULL,
  owner       text,
  deadline_ms bigint NOT NULL,
  ended_ms    bigint,
  state       text   NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE asya.jobs IS 'one row for each job; version is raised with every change';
CREATE INDEX jobs_by_status ON asya.jobs (status, serial);
CREATE INDEX jobs_by_tool ON asya.jobs (tool, serial);
CREATE INDEX jobs_by_owner ON asya.jobs (owner, serial) WHERE owner IS NOT NULL;
CREATE INDEX jobs_by_deadline ON asya.jobs (deadline_ms) WHERE ended_ms IS NULL;
CREATE INDEX jobs_by_end ON asya.jobs (ended_ms) WHERE ended_ms IS NOT NULL;

CREATE TABLE asya.job_values (
  job     bigint PRIMARY KEY,
  payload text   NOT NULL,
  result  text
);

CREATE TABLE asya.updates (
  job  bigint NOT NULL,
  seq  int    NOT NULL,
  body text   NOT NULL,
  PRIMARY KEY (job, seq)
);

CREATE TABLE asya.branches (
  job     bigint NOT NULL,
  lineage text   NOT NULL,
  state   text   NOT NULL,
  PRIMARY KEY (job, lineage)
);

CREATE TABLE asya.branch_ends (
  job  bigint NOT NULL,
  seq  bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  body text   NOT NULL,
  PRIMARY KEY (job, seq)
);

CREATE TABLE asya.outbox (
  job     bigint PRIMARY KEY,
  headers text   NOT NULL,
  holder  text   NOT NULL,
  due_ms  bigint NOT NULL
) WITH (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000
);
COMMENT ON TABLE asya.outbox IS 'messages to be sent: by their holder, and by others when due';
CREATE INDEX outbox_by_due ON asya.outbox (due_ms);
`;
