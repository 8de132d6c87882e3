/**
 * By what repeated calls are known. Most jobs have no key, and cost the index nothing.
 */
export const jobKeys = `
ALTER TABLE asya.jobs ADD COLUMN key text, ADD COLUMN key_digest text;
CREATE UNIQUE INDEX jobs_by_key ON asya.jobs (key) WHERE key IS NOT NULL;
`;
