import type { ServerKind } from "../server_source.ts";

/** Where packages put RabbitMQ's own scripts. Debian's /usr/sbin has wrappers that drop settings. */
const SCRIPT_FOLDERS = [
  "/usr/lib/rabbitmq/lib",
  "/opt/homebrew/opt/rabbitmq",
  "/usr/local/opt/rabbitmq",
  "/opt/rabbitmq",
];

/** RabbitMQ; an installed one is started by the script at a path. */
export const rabbitmqKind: ServerKind<string> = {
  name: "RabbitMQ",
  givenBy: "ASYA_TEST_RABBITMQ_URL",
  hasCompose: true,
  debianPackages: ["rabbitmq-server"],
  async findInstalled(machine) {
    if (!await machine.succeeds("erl", ["-noshell", "-eval", "halt()."])) return undefined;
    for (const folder of SCRIPT_FOLDERS) {
      for (const place of [folder, ...await machine.subfolders(folder)]) {
        const script = `${place}/sbin/rabbitmq-server`;
        if (await machine.exists(script)) return script;
      }
    }
    return undefined;
  },
};
