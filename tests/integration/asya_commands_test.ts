/**
 * Every command of `asya` as a person types it, against one mesh whose gateway wants to know who
 * calls.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { JsonObject } from "@asya/protocol";
import {
  makeTempFolder,
  type OtlpReceiver,
  pathOf,
  platformEnv,
  poll,
  RunningProcess,
  startOtlpReceiver,
  type TempFolder,
} from "../kit/mod.ts";

const TOKEN = "token-of-ada-in-tests-0123456789";

/** Sets a title and clears a terminal, in both ways that there are; a string of JavaScript. */
const EVIL = String.raw`\x1b]0;title\x07\x1b[2J\x9b2J`;

/** Streams a chunk, then does as it is told. */
const WORK = `export default async function* (msg, ctx) {
  if (msg.payload.name === "evil") {
    console.log("evil ${EVIL}");
    yield "${EVIL}";
    throw new Error("${EVIL}");
  }
  yield { chunk: msg.payload.name };
  if (msg.payload.hang) {
    await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("stopped"))));
  }
  if (msg.payload.name === "bad") throw new TypeError("this name is bad");
  return { done: msg.payload.name };
}
`;

const MESH = `name: commands
actors:
  - { name: prepare, handler: ./prepare.ts }
  - { name: work, handler: ./work.ts, concurrency: 4 }
tools:
  - name: do_work
    description: Does it
    parameters:
      name: { type: string, required: true, description: what is done }
      hang: { type: boolean, default: false }
    route: [prepare, work]
`;

/** A folder with a mesh, and the command in it. */
class Shell {
  readonly #folder: TempFolder;
  readonly #env: Record<string, string>;

  constructor(folder: TempFolder, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = { ...platformEnv(), TERM: "xterm", ...env };
  }

  /** Starts a command that goes on beside the test. */
  start(
    words: string,
    env: Record<string, string> = {},
    more: { readonly keepInputOpen?: boolean } = {},
  ): RunningProcess {
    return new RunningProcess({
      ...more,
      name: `asya ${words}`,
      command: pathOf("scripts/asya"),
      args: words.split(" ").filter(Boolean),
      env: { ...this.#env, ...env },
      cwd: this.#folder.path,
    });
  }

  /** Runs a command to its end. */
  async run(words: string, env: Record<string, string> = {}) {
    const process = this.start(words, env);
    const { code } = await process.ended();
    const text = (stream: string) =>
      process.lines.filter((line) => line.stream === stream).map(({ text }) => text).join("\n");
    return { code, out: text("stdout"), err: text("stderr") };
  }

  /** The one value that a command which succeeds prints as JSON. */
  async json(words: string): Promise<JsonObject> {
    const { code, out, err } = await this.run(words);
    assert.equal(code, 0, `asya ${words}: ${err}`);
    return JSON.parse(out);
  }

  /** Runs a line of sh with the command as \`asya\`. */
  async sh(line: string, env: Record<string, string> = {}) {
    const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", `asya() { ${pathOf("scripts/asya")} "$@"; }; ${line}`],
      env: { ...this.#env, ...env },
      clearEnv: true,
      cwd: this.#folder.path,
      stdin: "null",
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    return { code, out: out ?? "", err: err ?? "" };
  }
}

async function withMesh(test: (shell: Shell, folder: TempFolder) => Promise<void>): Promise<void> {
  await using folder = await makeTempFolder();
  await using otlp = startOtlpReceiver();
  // Deno may hang in its last export where one of metrics is under way.
  const telemetry = { ...otlp.env, OTEL_DENO_METRICS: "false" };
  await Deno.writeTextFile(folder.at("work.ts"), WORK);
  await Deno.writeTextFile(folder.at("prepare.ts"), "export default (msg) => msg.payload;\n");
  await Deno.writeTextFile(folder.at("mesh.yaml"), MESH);
  const server = new Shell(folder, {
    ASYA_AUTH: "token",
    ASYA_API_TOKENS: `ada/jobs:read+tools:call+jobs:admin=${TOKEN}`,
    ...telemetry,
  });
  await using up = server.start("up --json");
  await up.waitForLine("mesh is up", 30_000);
  await test(new Shell(folder, { ASYA_API_TOKEN: TOKEN, ...telemetry }), folder);
  assert.equal((await up.stop()).code, 0, up.output);
  assertTraced(otlp);
  for (const { name } of Deno.readDirSync(folder.at(".asya/logs"))) {
    const log = await Deno.readTextFile(folder.at(`.asya/logs/${name}`));
    const own = await Deno.readTextFile(folder.at(".asya/internal-token"));
    for (const secret of [TOKEN, own]) assert(!log.includes(secret), `${name} shows no token`);
  }
}

/** The programs of the mesh have told their traces, each by its name; the command has told none. */
function assertTraced({ spans, refusals }: OtlpReceiver): void {
  assert.deepEqual(refusals, []);
  const tellers = new Set(
    spans.map(({ resource }) =>
      ["service.namespace", "service.name", "asya.actor"].map((name) => resource[name]).join(" ")
    ),
  );
  const actors = ["prepare", "work", "happy-end", "error-end"];
  const expected = actors.flatMap((name) =>
    ["sidecar", "runtime"].map((program) => [program, name])
  );
  assert.deepEqual(
    [...tellers].sort(),
    [["gateway", ""], ...expected].map(([program, actor]) => `commands asya-${program} ${actor}`)
      .sort(),
  );
  const ofCalls = spans.filter(({ name }) => name === "send prepare");
  const traced = new Set(
    spans.filter(({ name }) => name === "execute work").map(({ traceId }) => traceId),
  );
  assert(ofCalls.some(({ traceId }) => traced.has(traceId)), "a call's trace leads to its work");
}

Deno.test("[U2] [U3] [U4] [Z5] every command does what it says, against a mesh with tokens", (t) =>
  withMesh(async (shell, folder) => {
    await t.step("who shows no token, or a wrong one, is told what to do", async () => {
      const none = await shell.run("tools", { ASYA_API_TOKEN: "" });
      assert.equal(none.code, 1);
      assert.match(none.err, /asks who you are: set ASYA_API_TOKEN/);
      const wrong = await shell.run("jobs ls", { ASYA_API_TOKEN: "a-wrong-token" });
      assert.match(wrong.err, /does not accept the token in ASYA_API_TOKEN/);
    });

    await t.step("tools are listed, and explained", async () => {
      assert.match(
        (await shell.run("tools")).out,
        /^do_work: Does it\n {2}name {2}string, required/m,
      );
      assert.equal((await shell.json("tools do_work --json")).name, "do_work");
      const typo = await shell.run("tools do_wrok");
      assert.equal(typo.code, 1);
      assert.match(typo.err, /there is no tool "do_wrok" at .*; did you mean do_work\?$/);
    });

    await t.step("a call shows its result alone on standard output", async () => {
      const { code, out, err } = await shell.run("call do_work --arg name=7");
      assert.equal(code, 0, err);
      assert.deepEqual(JSON.parse(out), { done: "7" });
      assert.match(err, /^100% /m);
      const events = (await shell.run("call do_work --arg name=7 --watch --json")).out.split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(events.slice(0, 2).map(({ event }) => event), ["job", "update"]);
      assert.deepEqual(events.at(-1).result, { done: "7" });
    });

    await t.step(
      "arguments come from anywhere, and wrong ones never get to the gateway",
      async () => {
        await Deno.writeTextFile(folder.at("args.json"), '{"name": "file"}');
        const lines = [
          "asya call do_work --args @args.json",
          "cat args.json | asya call do_work --args -",
          `asya call do_work --args '{"name": "no"}' --arg name=file`,
        ];
        for (const line of lines) {
          const { out, err } = await shell.sh(line);
          assert.deepEqual(JSON.parse(out), { done: "file" }, err);
        }
        const { code, err } = await shell.run("call do_work --arg nmae=x --arg hang=perhaps");
        assert.equal(code, 2);
        assert.deepEqual(err.split("\n"), [
          'do_work takes no argument "nmae"; did you mean name?',
          "do_work needs the argument name: what is done",
          'hang is "perhaps"; allowed: true or false',
        ]);
      },
    );

    await t.step("the same key makes one job, which its first letters find", async () => {
      const line = "call do_work --arg name=once --no-wait --idempotency-key k1";
      const [first, second] = [await shell.run(line), await shell.run(line)];
      assert.equal(first.out, second.out);
      const id = first.out;
      const watched = await shell.run(`jobs watch ${id.slice(0, 13)}`);
      assert.deepEqual(JSON.parse(watched.out), { done: "once" });
      const page = await shell.run(`jobs get ${id.slice(0, 13)}`);
      assert.match(page.out, new RegExp(`^job +${id}$`, "m"));
      assert.match(page.out, /^0 {2}prepare {2}done +\S+ +\S+$/m);
      assert.match(page.out, /^1 {2}work {5}done +\S+ +\S+$/m);
      assert.match(page.out, /"done": "once"/);
      const job = await shell.json(`jobs get ${id} --json`);
      assert.deepEqual((job.step_history as JsonObject[]).map(({ state }) => state), [
        ...["done", "done"],
      ]);
      const listed = await shell.json("jobs ls --json --tool do_work --status succeeded --limit 1");
      assert.equal((listed.jobs as JsonObject[])[0]?.id, id);
      const many = await shell.run("jobs get zz");
      assert.equal(many.code, 1);
      assert.match(many.err, /there is no job zz/);
    });

    await t.step("Ctrl-C leaves the job, says how to come back, and it can be ended", async () => {
      const call = shell.start("call do_work --arg name=stuck --arg hang=true --watch");
      // The chunk is seen while the handler is at work.
      await call.waitForLine(({ text }) => text === 'work │ {"chunk":"stuck"}', 30_000);
      call.signal("SIGINT");
      assert.equal((await call.ended()).code, 130, call.output);
      const [, id] = /cancel it: asya jobs cancel (\S+)/.exec(call.output) ?? [];
      assert(id && call.output.includes(`follow it: asya jobs watch ${id}`), call.output);
      const late = await shell.run(`jobs watch ${id} --timeout 100ms`);
      assert.equal(late.code, 1);
      assert.match(late.err, /goes on/);
      assert.equal((await shell.run(`jobs cancel ${id.slice(0, 9)}`)).out, `cancelled ${id}`);
      const { code, err } = await shell.run(`jobs cancel ${id} 00000000`);
      assert.equal(code, 1);
      assert.match(err, /was over: Failed\nthere is no job 00000000/);
      assert.match((await shell.run(`jobs watch ${id}`)).err, /^failed: job cancelled$/m);
      const events = (await shell.run(`jobs watch ${id} --json`)).out.split("\n")
        .map((line) => JSON.parse(line));
      const chunks = events.filter(({ event }) => event === "partial");
      assert.deepEqual(chunks.map(({ partial }) => partial), [{ chunk: "stuck" }]);
      assert.equal(events.at(-1).error, "job cancelled");
    });

    await t.step("a job is done again, from any step and with another payload", async () => {
      const { jobs } = await shell.json("jobs ls --status succeeded -n 1 --json");
      const [job] = jobs as JsonObject[];
      const again = await shell.sh(
        `asya jobs retry ${job?.id} --from-step work --payload '{"name": "again"}' --watch`,
      );
      assert.deepEqual(JSON.parse(again.out), { done: "again" }, again.err);
      const wrong = await shell.run(`jobs retry ${job?.id} --from-step wrok`);
      assert.equal(wrong.code, 2);
      assert.match(wrong.err, /--from-step is "wrok"; did you mean work\?/);
      const bare = await shell.run(`jobs retry ${job?.id} --from-step work`);
      assert.equal(bare.code, 1);
      assert.match(bare.err, /payload is missing; step 1 .*; --payload JSON says what/);
    });

    await t.step("dead letters are replayed and removed, and none is lost", async () => {
      for (let number = 0; number < 5; number++) {
        assert.equal((await shell.run("call do_work --arg name=bad")).code, 1);
      }
      const list = async (): Promise<JsonObject[]> => {
        const { dead_letters: letters } = await shell.json("dlq ls --all --json");
        return letters as JsonObject[];
      };
      const letters = await poll("five dead letters", async () => {
        const letters = await list();
        return letters.length === 5 && letters;
      });
      const [first, second, third] = letters.map(({ id }) => String(id));
      assert.match((await shell.run("dlq ls --step work")).out, /this name is bad/);
      assert.match((await shell.run(`dlq show ${first}`)).out, /"name": "bad"/);
      assert.equal((await shell.run("dlq replay")).code, 2);
      assert.equal((await shell.run("dlq replay --all --dry-run")).code, 0);
      assert.equal((await list()).length, 5, "nothing was replayed");

      const one = await shell.sh(`asya dlq replay ${first} --payload '{"name": "good"}' --json`);
      const { job_id: jobId } = JSON.parse(one.out);
      assert.deepEqual(JSON.parse((await shell.run(`jobs watch ${jobId}`)).out), { done: "good" });

      const editor = { EDITOR: "sed -i s/bad/edited/" };
      const edited = await shell.run(`dlq replay ${second} --edit --json`, editor);
      const made = JSON.parse(edited.out).job_id;
      assert.deepEqual(JSON.parse((await shell.run(`jobs watch ${made}`)).out), { done: "edited" });
      const broken = await shell.run(`dlq replay ${third} --edit`, { EDITOR: "sed -i s/}//" });
      assert.equal(broken.code, 1);
      const [, kept = ""] = /it is kept in (\S+),/.exec(broken.err) ?? [];
      assert.match(await Deno.readTextFile(kept), /bad/);
      await Deno.remove(kept);
      assert.deepEqual((await list()).length, 3, "what was not replayed is there");

      const stops = await shell.run("dlq replay --all --from-step 9");
      assert.equal(stops.code, 1);
      assert.match(stops.err, /0 of 3 replayed, 1 failed, 2 not tried; they are as they were$/);
      const goes = await shell.run("dlq replay --all --from-step 9 --keep-going --json");
      assert.equal(goes.code, 1);
      assert.equal(goes.out.split("\n").length, 3);
      assert.match(goes.err, /0 of 3 replayed, 3 failed$/);
      assert.equal((await list()).length, 3);

      assert.equal((await shell.run("dlq purge --all")).code, 2, "there is nobody to ask");
      assert.equal((await list()).length, 3);
      assert.equal((await shell.run(`dlq purge ${third} --yes`)).out, `purged ${third}`);
      const purged = await shell.run("dlq purge --error processing_error --yes");
      assert.match(purged.err, /^2 of 2 purged$/m);
      assert.deepEqual(await list(), []);
    });

    await t.step("[U5] the log is shown, of one job too, and while it is written", async () => {
      const { code, out } = await shell.run("logs work --since 10m --json");
      assert.equal(code, 0);
      const lines = out.split("\n").map((line) => JSON.parse(line));
      assert(lines.length > 0 && lines.every(({ process }) => process.startsWith("work.")));
      const nobody = await shell.run("logs wrok");
      assert.equal(nobody.code, 2);
      assert.match(nobody.err, /^nobody called "wrok" has a log here; did you mean work\?$/m);
      const following = shell.start("logs -n 0 -f");
      // What was said before it looked is not shown.
      await poll("a failure that is followed", async () => {
        const failed = await shell.run("call do_work --arg name=bad");
        assert.equal(failed.code, 1);
        return following.lines.some(({ text }) => text.includes("work is dead-lettered"));
      });
      following.signal("SIGINT");
      assert.equal((await following.ended()).code, 130);
    });

    await t.step(
      "[U8] what a handler says commands no terminal, wherever it is shown",
      async () => {
        const shown = [await shell.run("call do_work --arg name=evil --watch")];
        const { dead_letters: letters } = await shell.json("dlq ls --q title --json");
        const [letter] = letters as JsonObject[];
        for (const words of [`show ${letter?.id}`, `show ${letter?.id} --json`, "ls"]) {
          shown.push(await shell.run(`dlq ${words}`));
        }
        const { jobs } = await shell.json("jobs ls -n 1 --json");
        const [job] = jobs as JsonObject[];
        for (const words of ["jobs ls", `jobs get ${job?.id}`, `jobs watch ${job?.id} --json`]) {
          shown.push(await shell.run(words));
        }
        for (const words of ["logs work", "logs work --json"]) shown.push(await shell.run(words));
        for (const { out, err } of shown) {
          assert.match(out + err, /title/);
          assert(!/[^\P{Cc}\n]/u.test(out + err), JSON.stringify(out + err));
        }
      },
    );

    await t.step(
      "a command ends when nobody reads it, or when it is left while it reads",
      async () => {
        // Each line that is followed is told when another job comes; the second one finds no reader.
        const line = "asya logs -n 0 -f --json | head -n 1";
        const following = shell.sh(line);
        await poll("the end of whoever follows", async () => {
          await shell.run("call do_work --arg name=bad");
          return await Promise.race([following, Promise.resolve(undefined)]);
        }, { timeoutMs: 20_000 });
        JSON.parse((await following).out);
        await using reading = shell.start("call do_work --args -", {}, { keepInputOpen: true });
        await poll("its ear for SIGINT", async () => {
          const { out: status } = await shell.sh(`cat /proc/${reading.pid}/status`);
          const [, caught = "0"] = /^SigCgt:\s*(\w+)$/m.exec(status) ?? [];
          return (BigInt(`0x${caught}`) & 2n) !== 0n;
        });
        reading.signal("SIGINT");
        assert.equal((await reading.ended()).code, 130, reading.output);
      },
    );

    await t.step("on a terminal, a bar shows how far it is", async () => {
      const { success } = await new Deno.Command("/bin/sh", {
        args: ["-c", "command -v script"],
        stdout: "null",
      }).output();
      if (!success) return; // what makes a terminal is part of util-linux, and may not be there
      const asya = pathOf("scripts/asya");
      const { out } = await shell.sh(`script -qec '${asya} call do_work --arg name=x' /dev/null`);
      assert(out.includes("\x1b[2K"));
      assert.match(out, /█+.* 100% /);
      assert.match(out, /"done"/);
    });
  }));
