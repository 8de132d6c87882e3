import assert from "node:assert/strict";

const scripts = new URL(".", import.meta.url);
const wanted = (await Deno.readTextFile(new URL("../.dvmrc", scripts))).trim();

/** A program that says what it is, its version, and what it was asked. */
const fakeDeno = (version: string) =>
  `#!/bin/sh
if [ "$1" = --version ]; then echo "deno ${version} (stable, release, x)"; else echo "${version}: $*"; fi
`;

/** An npm that brings a Deno in its package for this platform, and one that does not run. */
const fakeNpm = `#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
for platform in broken-os this-os; do mkdir -p "$2/node_modules/@deno/$platform"; done
echo "no program" >"$2/node_modules/@deno/broken-os/deno"
cat >"$2/node_modules/@deno/this-os/deno" <<'END'
${fakeDeno(wanted)}END
`;

/** A curl whose download is an installer that obeys DENO_INSTALL. */
const fakeCurl = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
cat >"$2" <<'INSTALLER'
[ "$CI" = 1 ] && [ "$1" = "v${wanted}" ] || exit 1
mkdir -p "$DENO_INSTALL/bin"
cat >"$DENO_INSTALL/bin/deno" <<'END'
${fakeDeno(wanted)}END
chmod +x "$DENO_INSTALL/bin/deno"
INSTALLER
`;

/** A checkout with these scripts, and a PATH with the usual tools and the given programs alone. */
async function withCheckout(
  programs: Record<string, string>,
  act: (
    run: (...args: string[]) => Promise<{ code: number; out: string; err: string }>,
    root: string,
  ) => unknown,
) {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a checkout/scripts`, { recursive: true });
    await Deno.mkdir(`${root}/bin`);
    for (const file of ["deno", "install_deno.sh"]) {
      await Deno.copyFile(new URL(file, scripts), `${root}/a checkout/scripts/${file}`);
    }
    await Deno.writeTextFile(`${root}/a checkout/.dvmrc`, `${wanted}\n`);
    for (const tool of "sh cat chmod dirname head mkdir mktemp mv rm sed sort uname".split(" ")) {
      await Deno.symlink(await which(tool), `${root}/bin/${tool}`);
    }
    for (const [name, source] of Object.entries(programs)) {
      await Deno.writeTextFile(`${root}/bin/${name}`, source, { mode: 0o755 });
    }
    await act(async (...args) => {
      const { code, stdout, stderr } = await new Deno.Command(
        `${root}/a checkout/scripts/deno`,
        { args, env: { PATH: `${root}/bin` }, clearEnv: true },
      ).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    }, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function which(tool: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}

const [major = 0, minor = 0, patch = 0] = wanted.split(".").map(Number);

for (
  const good of [wanted, `${major}.${minor}.${patch + 10}`, `${major}.${minor + 1}.0`]
) {
  Deno.test(`scripts/deno takes ${good} from PATH`, async () => {
    await withCheckout({ deno: fakeDeno(good), npm: "exit 1" }, async (run) => {
      assert.deepEqual(await run("eval", "1"), { code: 0, out: `${good}: eval 1\n`, err: "" });
    });
  });
}

for (const bad of [`${major}.${minor - 1}.99`, `${major + 1}.0.0`, "1.46.3"]) {
  Deno.test(`scripts/deno does not take ${bad} from PATH`, async () => {
    await withCheckout({ deno: fakeDeno(bad), npm: fakeNpm }, async (run) => {
      assert.equal((await run("task", "x")).out, `${wanted}: task x\n`);
    });
  });
}

Deno.test("scripts/deno does not ask itself, where it is the deno on PATH", async () => {
  await withCheckout({ npm: fakeNpm }, async (run, root) => {
    await Deno.symlink(`${root}/a checkout/scripts/deno`, `${root}/bin/deno`);
    // Without an end of its own, what asks itself would take every process that the system has.
    const real = await Deno.readLink(`${root}/bin/cat`);
    await Deno.remove(`${root}/bin/cat`);
    const counting = `#!/bin/sh\necho >>${root}/asked\n` +
      `[ "$(sed -n '4p' ${root}/asked | sed -n '$=')" ] && exit 1\nexec ${real} "$@"\n`;
    await Deno.writeTextFile(`${root}/bin/cat`, counting, { mode: 0o755 });
    assert.equal((await run("lint")).out, `${wanted}: lint\n`);
    assert.ok((await Deno.readTextFile(`${root}/asked`)).length <= 3);
  });
});

Deno.test("scripts/deno installs from npm once", async () => {
  await withCheckout({ npm: fakeNpm, curl: "exit 1" }, async (run) => {
    const first = await run("task", "x y");
    assert.equal(first.out, `${wanted}: task x y\n`);
    assert.match(first.err, /^Installing Deno [^]* from npm [^]*is in \.tools/);
    assert.deepEqual(await run("lint"), { code: 0, out: `${wanted}: lint\n`, err: "" });
  });
});

Deno.test("scripts/deno installs once also when many ask at once", async () => {
  await withCheckout({ npm: fakeNpm }, async (run) => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => run("lint")));
    assert.deepEqual(answers.map(({ out }) => out), Array(8).fill(`${wanted}: lint\n`));
  });
});

Deno.test("scripts/deno uses Deno's installer where there is no npm", async () => {
  await withCheckout({ curl: fakeCurl, unzip: "#!/bin/sh" }, async (run) => {
    const { out, err } = await run("lint");
    assert.equal(out, `${wanted}: lint\n`);
    assert.match(err, /by its own installer/);
  });
});

const helpless: [string, Record<string, string>, RegExp][] = [
  ["neither npm nor curl", {}, /neither npm nor curl is on PATH/],
  ["no unzip for the installer", { curl: fakeCurl }, /needs unzip or 7z/],
  ["an npm that fails", { npm: "#!/bin/sh\nexit 1" }, /npm install deno@[\d.]+ failed/],
  ["a curl that fails", { curl: "#!/bin/sh\nexit 1", unzip: "" }, /Deno's installer failed/],
];

for (const [what, programs, expected] of helpless) {
  Deno.test(`scripts/deno says what is wrong: ${what}`, async () => {
    await withCheckout(programs, async (run) => {
      const { code, out, err } = await run("lint");
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, expected);
      assert.match(err, /You can install it yourself/);
    });
  });
}
