import { defineSettings, type LogLevel, logSettings, type Setting, url } from "@asya/program";

/** The settings of the `asya` command. */
export const settings: {
  readonly logLevel: Setting<LogLevel>;
  readonly gatewayUrl: Setting<string>;
} = defineSettings({
  logLevel: logSettings.logLevel,
  gatewayUrl: url({
    env: "ASYA_GATEWAY_URL",
    protocols: ["http", "https"],
    default: "http://127.0.0.1:8080",
    doc: "the gateway that `asya call` and `asya tools` ask",
  }),
});
