/**
 * What gateways count, in slots of time: a few small rows each minute, which are deleted when they
 * are some minutes old.
 */
export const pulse = `
CREATE TABLE asya.pulse (
  slot    bigint NOT NULL,
  gateway text   NOT NULL,
  counts  text   NOT NULL,
  PRIMARY KEY (slot, gateway)
);
COMMENT ON TABLE asya.pulse IS 'what each gateway counted in five seconds, for the overview';
`;
