import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("asya", import.meta.url));

Deno.test("[M1] asya can be called from any folder, and through a link; paths start there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(script, `${folder}/asya`);
    const cases = [
      { args: ["up", "some/mesh.yaml"], said: "there is no file some/mesh.yaml\n" },
      {
        args: ["up"],
        said: "there is no file mesh.yaml in this folder; `asya init` makes one\n",
      },
    ];
    for (const { args, said } of cases) {
      const { code, stderr } = await new Deno.Command("./asya", {
        args,
        cwd: folder,
        env: { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
      }).output();
      assert.equal(new TextDecoder().decode(stderr), said);
      assert.equal(code, 2);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
