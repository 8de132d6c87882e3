import { TERMINAL_QUEUES } from "@asya/protocol";
import type { Rule } from "./schema/field.ts";

/**
 * What a queue of an actor may be called: what the protocol takes (1 to 255 bytes of printable
 * UTF-8, a name that can be a part of an object's key), and what is not somebody else's.
 */
export const queueNameRules: readonly Rule<string>[] = [
  {
    cel: "bytes(self).size() <= 255",
    message: "a queue's name has at most 255 bytes of UTF-8",
    holds: (name) => new TextEncoder().encode(name).length <= 255,
  },
  {
    cel: "!self.matches(r'[\\x00-\\x1f\\x7f-\\x9f]')",
    message: "a queue's name has no control characters",
    holds: (name) => !/\p{Cc}/u.test(name),
  },
  {
    cel: "self == self.trim()",
    message: "a queue's name has no spaces at its ends",
    holds: (name) => name === name.trim(),
  },
  {
    cel: "!self.startsWith('/') && !self.endsWith('/') && !self.contains('..')",
    message:
      "a queue's name has no slash at its ends and no .. in it, since results are filed by it",
    holds: (name) => !name.startsWith("/") && !name.endsWith("/") && !name.includes(".."),
  },
  {
    cel: "!self.startsWith('amq.')",
    message: "names that begin with amq. are RabbitMQ's own",
    holds: (name) => !name.startsWith("amq."),
  },
  {
    cel: "!self.matches(r'[.]delay[.][0-9]+s([.]quorum)?$')",
    message: "names that end like asya.delay.30s are of the queues in which retries wait",
    holds: (name) => !/[.]delay[.][0-9]+s([.]quorum)?$/.test(name),
  },
  {
    cel: `self != '${TERMINAL_QUEUES.deadLetter}'`,
    message: `${TERMINAL_QUEUES.deadLetter} is kept for what was given up; no actor takes from it`,
    holds: (name) => name !== TERMINAL_QUEUES.deadLetter,
  },
];
