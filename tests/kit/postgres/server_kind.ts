import type { ServerKind } from "../server_source.ts";

/** Where packages put PostgreSQL's own programs, which are rarely on the path. */
const PROGRAM_FOLDERS = [
  "/usr/lib/postgresql",
  "/usr/pgsql",
  "/usr/local/pgsql",
  "/opt/homebrew/opt/postgresql",
  "/usr/local/opt/postgresql",
];

/** PostgreSQL; the programs of an installed one are in the folder at a path. */
export const postgresKind: ServerKind<string> = {
  name: "PostgreSQL",
  givenBy: "ASYA_TEST_POSTGRES_URL",
  hasCompose: true,
  debianPackages: ["postgresql"],
  async findInstalled(machine) {
    for (const folder of PROGRAM_FOLDERS) {
      for (const place of [...await machine.subfolders(folder), folder]) {
        if (await machine.exists(`${place}/bin/initdb`)) return `${place}/bin`;
      }
    }
    return undefined;
  },
};
