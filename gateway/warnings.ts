import { isLoopbackHost } from "./auth/check_host.ts";
import type { Config } from "./config.ts";
import type { Event } from "./event.ts";

/**
 * What an operator should know about the settings, though they are allowed.
 *
 * @param config the settings' values
 */
export function warnAbout(config: Config): Event[] {
  const { host, auth, internalToken, databaseUrl } = config;
  const warnings: Event[] = [];
  if (auth === "none" && !isLoopbackHost(host)) warnings.push({ kind: "open_to_all", host });
  if (auth !== "none" && internalToken === undefined) warnings.push({ kind: "reports_open" });
  if (databaseUrl === undefined) warnings.push({ kind: "jobs_in_memory" });
  return warnings;
}
