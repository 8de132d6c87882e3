import { type Content, nameContent } from "./bundle_contents.ts";
import { licenceOf } from "./licences.ts";

const LINE = "-".repeat(80);

/**
 * Writes what has to go where a bundle goes: of every package in it the name, the licence, and the
 * licence's own words with their copyright lines. Words that several packages share stand there once.
 *
 * The last one is Deno's, which images and executables have in them.
 *
 * @param program The name of the program.
 * @param contents The packages in its bundle.
 * @param denoLicence The words of Deno's own licence.
 * @returns A text.
 */
export function createNotices(
  program: string,
  contents: readonly Content[],
  denoLicence: string,
): string {
  const owners = new Map<string, string[]>();
  for (const content of contents) {
    const text = content.package.texts.map((text) => text.replaceAll("\r", "").trim()).join("\n\n");
    const words = text === "" ? withoutText(content) : text;
    owners.set(words, [...owners.get(words) ?? [], titleWithLicence(content)]);
  }
  const head = contents.length === 0
    ? `asya-${program} has no code of others in it.\n`
    : `asya-${program} is under the Apache License 2.0: see LICENSE. In it is code of these ` +
      `packages,\nunder the licences that follow.\n`;
  const parts = [...owners].map(([words, titles]) =>
    `${LINE}\n${titles.join("\n")}\n${LINE}\n\n${words}\n`
  );
  const deno =
    `${LINE}\nDeno (MIT), in images and executables; what it is made of has licences of ` +
    `its own:\nhttps://github.com/denoland/deno\n${LINE}\n\n${denoLicence.trim()}\n`;
  return [head, ...parts, deno].join("\n");
}

function titleWithLicence(content: Content): string {
  return `${nameContent(content)} (${licenceOf(content.package)})`;
}

function withoutText(content: Content): string {
  return licenceOf(content.package) === "Apache-2.0"
    ? "The words of this licence are those in LICENSE."
    : "The package brings no words of its licence.";
}
