import { defaulted, matching, optional } from "./schema/field.ts";
import { object, union } from "./schema/object_fields.ts";
import { boolean, integer, text } from "./schema/scalar_fields.ts";
import { secretKey } from "./secret_key_field.ts";

const rabbitmq = object("Where RabbitMQ is, and who comes to it.", {
  host: text("A name or an IP address.", {
    maxLength: 253,
    rules: [
      matching(
        "^([A-Za-z0-9._-]+|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$",
        "host is a name or an IP address, without a scheme, a port or a path",
      ),
    ],
  }),
  port: defaulted(integer("Its port of AMQP 0-9-1.", { min: 1, max: 65_535 }), 5672),
  username: defaulted(text("Who comes to it.", { maxLength: 255 }), "guest"),
  vhost: defaulted(
    text("The vhost, as it is called (not percent-encoded).", { maxLength: 255 }),
    "/",
  ),
  passwordSecretRef: optional(
    secretKey("Where the password is; left out, user and password are guest."),
  ),
  managementPort: defaulted(
    integer(
      "Its port of the management API, where KEDA counts messages: over https with tls.enabled, " +
        "which RabbitMQ often serves on 15671.",
      { min: 1, max: 65_535 },
    ),
    15_672,
  ),
  tls: defaulted(
    object("Whether AMQP and the management API are spoken over TLS.", {
      enabled: defaulted(boolean("Whether it is."), false),
      caSecretRef: optional(
        secretKey("Who may vouch for RabbitMQ, as PEM; left out, the well-known authorities."),
      ),
    }),
    {},
  ),
});

const sqs = object("Amazon's queues: known, and not supported yet, as a condition says.", {
  region: text("The region, such as eu-central-1.", { maxLength: 64 }),
  queueBaseUrl: optional(text("What stands before the queue's name.", { maxLength: 2048 })),
  visibilityTimeout: defaulted(
    integer("Seconds for which a message that was taken is hidden.", { min: 0, max: 43_200 }),
    300,
  ),
  waitTimeSeconds: defaulted(
    integer("Seconds for which a poll waits.", { min: 0, max: 20 }),
    20,
  ),
});

/** How messages travel. */
export const transport = union("How messages travel.", { rabbitmq, sqs });
