import assert from "node:assert/strict";
import {
  flagsOf,
  freePort,
  inTime,
  makeTempFolder,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
} from "../../tests/kit/mod.ts";

/** Files that the process may have open: enough to start, and for a few connections. */
const MAX_FILES = 120;

Deno.test({
  name: "serve: with too many files open it says so, and serves again when there are fewer",
  // The limit is set by a shell.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using folder = await makeTempFolder();
    const port = freePort();
    const env = {
      ASYA_GATEWAY_PORT: String(port),
      ASYA_SQLITE_PATH: folder.at("queues.db"),
      ASYA_LOG_FORMAT: "json",
    };
    const command = [Deno.execPath(), "run", "--quiet", ...await flagsOf("gateway", env)];
    await using gateway = new RunningProcess({
      name: "gateway",
      command: "/bin/sh",
      args: [
        "-c",
        `ulimit -n ${MAX_FILES} && exec "$@"`,
        "sh",
        ...command,
        pathOf("gateway/main.ts"),
      ],
      env: { ...platformEnv(), ...env },
      cwd: folder.path,
    });
    await gateway.waitForLine("listening");
    const isHealthy = async () => {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/health`);
        return await response.text() === "OK";
      } catch {
        return false; // it does not listen at this moment
      }
    };
    assert(await isHealthy());

    const connections: Deno.TcpConn[] = [];
    for (let count = 0; count < 2 * MAX_FILES; count++) {
      try {
        connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
      } catch (error) {
        assert(error instanceof Error);
        break; // it has closed them all
      }
    }
    const line = await gateway.waitForLine(
      "no connection can be taken; all are closed, and we listen again",
    );
    assert.match(line.text, /Too many open files/);
    for (const connection of connections) connection.close();
    await poll("the gateway to answer again", isHealthy);
    assert.equal((await inTime("its end", gateway.stop())).code, 0);
  },
});
