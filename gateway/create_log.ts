import { createLogger, type Logger, secretsOf } from "@asya/program";
import { apiTokensOf, type Config, settings } from "./config.ts";

/**
 * Creates the gateway's log, which shows no secret of its settings.
 *
 * @param config the settings' values
 */
export function createLog(config: Config): Logger {
  return createLogger({
    program: "gateway",
    level: config.logLevel,
    format: config.logFormat,
    redact: [...secretsOf(settings, config), ...apiTokensOf(config).map(({ token }) => token)],
  });
}
