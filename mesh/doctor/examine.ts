import { unknownSettings } from "@asya/program";
import { examineEnvironment } from "./examine_environment.ts";
import { examineMesh } from "./examine_mesh.ts";
import { type Finding, finding } from "./finding.ts";
import type { Subject } from "./subject.ts";

/**
 * Examines a mesh, or a program's environment. Nothing is declared, taken, stored or started that is
 * not gone when this returns.
 *
 * @param subject what is examined
 */
export async function examine(subject: Subject): Promise<Finding[]> {
  const folder = await Deno.makeTempDir({ prefix: "asya-doctor-" });
  try {
    const strangers = unknownSettings(subject.env).map((notice) =>
      finding("settings", "warning", notice, "it has no effect", "correct its name, or remove it")
    );
    const found = subject.file === undefined
      ? await examineEnvironment(subject, folder)
      : await examineMesh({ ...subject, file: subject.file }, folder);
    return [...strangers, ...found];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
