import assert from "node:assert/strict";

/** What `make` would do, without doing it. */
function rehearse(...args: string[]): { code: number; out: string; err: string } {
  const { code, stdout, stderr } = new Deno.Command("make", {
    args: ["--dry-run", "--no-print-directory", ...args],
    cwd: new URL("..", import.meta.url),
    // A `make` that runs these tests has variables for those below it.
    env: { MAKEFLAGS: "", MAKELEVEL: "", TRANSPORT: "", MESH: "m.yaml" },
  }).outputSync();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

const lastLine = (text: string) => text.trim().split("\n").at(-1);

Deno.test("[M7] a mesh is started where TRANSPORT says", () => {
  for (const [target, command] of [["demo", "demo"], ["run", "up"]] as const) {
    assert.equal(lastLine(rehearse(target).out), `./scripts/asya ${command} "m.yaml"`);
    assert.equal(
      lastLine(rehearse(target, "TRANSPORT=rabbitmq").out),
      `./scripts/with_rabbitmq ./scripts/asya ${command} "m.yaml" --transport rabbitmq`,
    );
  }
});

Deno.test("[M7] another TRANSPORT is refused", () => {
  const { code, err } = rehearse("demo", "TRANSPORT=kafka");
  assert.equal(code, 2);
  assert.match(err, /TRANSPORT is "kafka"; allowed: rabbitmq, or nothing/);
});

Deno.test("[E5] what concerns images and clusters is a script of this checkout", () => {
  const targets = ["build-images", "load-minikube", "load-minikube-build", "deploy-minikube"];
  for (const target of [...targets, "port-forward-grafana"]) {
    const [script = ""] = lastLine(rehearse(target).out)?.split(" ") ?? [];
    const { isFile, mode } = Deno.statSync(new URL(`../${script}`, import.meta.url));
    assert(isFile && ((mode ?? 0) & 0o111) === 0o111, `${target} runs ${script}`);
  }
});
