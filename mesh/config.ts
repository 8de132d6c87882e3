import { defineSettings, type LogLevel, logSettings, type Setting, text, url } from "@asya/program";

/** The settings of the `asya` command. */
export const settings: {
  readonly logLevel: Setting<LogLevel>;
  readonly gatewayUrl: Setting<string | undefined>;
  readonly apiToken: Setting<string | undefined>;
  readonly managementUrl: Setting<string | undefined>;
} = defineSettings({
  logLevel: logSettings.logLevel,
  gatewayUrl: url({
    env: "ASYA_GATEWAY_URL",
    protocols: ["http", "https"],
    doc:
      "the gateway that commands ask; not set: that of the mesh which runs in this folder, else " +
      "http://127.0.0.1:8080",
  }),
  apiToken: text({
    env: "ASYA_API_TOKEN",
    secret: true,
    pattern: /^\S+$/,
    allowed: "a token without spaces",
    doc: "the token that commands show to a gateway which wants to know who asks",
  }),
  managementUrl: url({
    env: "ASYA_RABBITMQ_MANAGEMENT_URL",
    protocols: ["http", "https"],
    doc:
      "RabbitMQ's management interface, which `asya doctor` reads; not set: port 15672 of its host",
  }),
});
