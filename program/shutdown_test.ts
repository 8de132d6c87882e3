import assert from "node:assert/strict";

/** Says when it listens and when it is asked to end; then it works on, until it is ended. */
const script = `
  import { onShutdown } from "@asya/program";
  const shutdown = onShutdown();
  const work = setTimeout(() => {}, 20_000); // stands for work; bounds a forgotten process
  shutdown.signal.addEventListener("abort", () => console.log("aborted", shutdown.signal.reason));
  shutdown.requested.then((name) => {
    console.log("requested", name);
    if (Deno.args[0] === "obedient") clearTimeout(work);
  });
  console.log("listening");
`;

async function withProgram(
  manner: "obedient" | "stubborn",
  act: (
    program: Deno.ChildProcess,
    nextLine: () => Promise<string | undefined>,
  ) => Promise<void>,
) {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, script);
  await using program = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", "deno.json", path, manner],
    cwd: new URL("..", import.meta.url),
    stdout: "piped",
  }).spawn();
  const lines = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";
  const nextLine = async () => {
    while (!buffered.includes("\n")) {
      const { value, done } = await lines.read();
      if (done) return undefined;
      buffered += value;
    }
    const line = buffered.slice(0, buffered.indexOf("\n"));
    buffered = buffered.slice(line.length + 1);
    return line;
  };
  try {
    assert.equal(await nextLine(), "listening");
    await act(program, nextLine);
  } finally {
    await lines.cancel();
    await Deno.remove(path);
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`[C9] ${signal} asks a program to end, and it may finish`, async () => {
    await withProgram("obedient", async (program, nextLine) => {
      program.kill(signal);
      assert.equal(await nextLine(), `aborted ${signal}`);
      assert.equal(await nextLine(), `requested ${signal}`);
      assert.equal((await program.status).code, 0);
    });
  });
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`[C9] a second signal, ${signal}, ends a program at once`, async () => {
    await withProgram("stubborn", async (program, nextLine) => {
      program.kill("SIGTERM");
      assert.equal(await nextLine(), "aborted SIGTERM");
      program.kill(signal);
      assert.equal((await program.status).code, code);
    });
  });
}

Deno.test("listening for signals does not keep a program running", async () => {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, `import { onShutdown } from "@asya/program"; onShutdown();`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", "deno.json", path],
    cwd: new URL("..", import.meta.url),
  }).output();
  await Deno.remove(path);
  assert.equal(code, 0);
});
