import { createHash } from "node:crypto";
import { type Content, nameContent } from "./bundle_contents.ts";
import { licenceOf } from "./licences.ts";
import { titleOf } from "./package.ts";

/** What a list of contents is about. */
export interface Described {
  /** The folder of the program, such as `gateway`. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Its files, each with the SHA-256 of what is in it, in hexadecimal. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** The version of the Deno that it is made with and for. */
  readonly denoVersion: string;
}

/**
 * Makes a program's software bill of materials: CycloneDX 1.6, as JSON. Nothing in it depends on when
 * or where it was made: the same bundle has the same list, down to the serial number.
 *
 * Checksums of packages are those of their archives, as the lock file has them. A copy that a package
 * brings of another is on the list with its own version, and a property that says so.
 *
 * @param described The program.
 * @param contents The packages in its bundle.
 * @param direct The names of packages that our own code names.
 * @returns The document, a JSON value.
 */
export function createSbom(
  described: Described,
  contents: readonly Content[],
  direct: ReadonlySet<string>,
): Record<string, unknown> {
  const { name, version, files, denoVersion } = described;
  const self = `pkg:generic/asya-${name}@${version}`;
  const deno = `pkg:generic/deno@${denoVersion}`;
  const document = {
    metadata: {
      lifecycles: [{ phase: "build" }],
      component: {
        type: "application",
        "bom-ref": self,
        name: `asya-${name}`,
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: self,
        components: files.map(({ name, sha256 }) => ({
          type: "file",
          "bom-ref": `file:${name}`,
          name,
          hashes: [{ alg: "SHA-256", content: sha256 }],
        })),
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": deno,
        name: "deno",
        version: denoVersion,
        licenses: [{ license: { id: "MIT" } }],
        purl: deno,
      },
      ...contents.map(componentOf),
    ],
    dependencies: dependenciesOf(self, deno, contents, direct),
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(document))}`,
    version: 1,
    ...document,
  };
}

function componentOf(content: Content): Record<string, unknown> {
  const { package: package_, copiedVersion } = content;
  const [scope, bare] = /^(?:(@[^/]+)\/)?(.*)$/.exec(package_.name)?.slice(1) ?? [];
  return {
    type: "library",
    "bom-ref": purlOf(content),
    ...(scope !== undefined && { group: scope }),
    name: bare,
    version: copiedVersion ?? package_.version,
    ...(copiedVersion === undefined && { hashes: [hashOf(package_.integrity)] }),
    licenses: [{ license: { id: licenceOf(package_) } }],
    purl: purlOf(content),
    ...(copiedVersion !== undefined && {
      properties: [{ name: "asya:copied", value: "brought by another package, as its own copy" }],
    }),
  };
}

/** Who needs whom: our code what it names, a package what is in the bundle of what it asks for. */
function dependenciesOf(
  self: string,
  deno: string,
  contents: readonly Content[],
  direct: ReadonlySet<string>,
): { ref: string; dependsOn: string[] }[] {
  const locked = contents.filter(({ copiedVersion }) => copiedVersion === undefined);
  const byTitle = new Map(locked.map((content) => [titleOf(content.package), purlOf(content)]));
  const named = locked.filter((content) => direct.has(content.package.name)).map(purlOf);
  return [
    { ref: self, dependsOn: [deno, ...named].sort() },
    ...locked.map((content) => ({
      ref: purlOf(content),
      dependsOn: content.package.dependencies.flatMap((title) => byTitle.get(title) ?? []).sort(),
    })),
  ];
}

/** A package URL, in which the `@` of a scope is written as what it would be in any URL. */
function purlOf(content: Content): string {
  return `pkg:npm/${nameContent(content).replace(/^@/, "%40")}`;
}

/** From base64, as the lock file has checksums, to hexadecimal. */
function hashOf(integrity: string): { alg: string; content: string } {
  const bytes = Uint8Array.fromBase64(integrity.replace(/^sha512-/, ""));
  return { alg: "SHA-512", content: bytes.toHex() };
}

/** A UUID of version 8, which leaves it to us what the bits are: those of a checksum. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(hex)?.slice(1) ?? [];
  const [a, b, c, d, e] = parts;
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
