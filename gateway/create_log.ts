import { createLogger, type Logger, secretsOf, type Tracing } from "@asya/program";
import { apiTokensOf, type Config, settings } from "./config.ts";

/**
 * Creates the gateway's log, which shows no secret of its settings.
 *
 * @param config the settings' values
 * @param tracing the platform's, where it is on: lines about work are a part of its trace
 */
export function createLog(config: Config, tracing?: Tracing): Logger {
  return createLogger({
    program: "gateway",
    level: config.logLevel,
    format: config.logFormat,
    ...(tracing && { tracing }),
    redact: [...secretsOf(settings, config), ...apiTokensOf(config).map(({ token }) => token)],
  });
}
