import type { Topic } from "./command.ts";
import { type Option, optional, type Positional, text } from "./option.ts";

/** The mesh that is meant when none is named. */
export const DEFAULT_FILE = "mesh.yaml";

/** The file that describes a mesh. */
export const fileArgument: Positional<string | undefined> = optional({
  value: "FILE",
  doc: `describes the mesh; ${DEFAULT_FILE} of this folder when it is left out`,
  completes: "files",
});

/** Where messages are kept. */
export const transportOption: Option<string | undefined> = text({
  value: "WHERE",
  doc: "keep messages there instead of where FILE says (see below)",
});

/** What `WHERE` may be. */
export const transportTopic: Topic = {
  name: "WHERE",
  text: `WHERE is one of

  sqlite:PATH       a file of this machine; as a rule .asya/queues.db
  amqp://USER@HOST:PORT/VHOST
                    RabbitMQ; amqps://… is RabbitMQ over TLS
  rabbitmq          RabbitMQ, where ASYA_RABBITMQ_URL or ASYA_RABBITMQ_HOST says

Every ASYA_RABBITMQ_… of your environment goes to the programs that talk to RabbitMQ, and to no
handler: _PASSWORD and _USERNAME, which keep a password out of the command line; _CA_FILE,
_CERT_FILE and _KEY_FILE for TLS; _QUEUE_TYPE=quorum; _VHOST and _EXCHANGE. While RabbitMQ is away
it is waited for.`,
};
