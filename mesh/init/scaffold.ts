import type { Origin } from "./origin.ts";
import type { Template } from "./template.ts";

/** What a new mesh is made from. */
export interface ScaffoldOptions {
  /** What the mesh is called. */
  readonly name: string;
  readonly template: Template;
  readonly origin: Origin;
}

/** What is not kept in a repository. */
const GITIGNORE = `# queues, jobs and results of the mesh
.asya/
`;

/**
 * Writes all files of a new mesh.
 *
 * @param options what it is made from
 * @returns texts by path
 * @example
 * ```ts
 * import { scaffold } from "./scaffold.ts";
 * import { templates } from "./templates.ts";
 * import assert from "node:assert/strict";
 *
 * const origin = { runtime: "jsr:@asya/runtime@^0.1.0", links: [] };
 * const files = scaffold({ name: "hello", template: templates.plain, origin });
 * assert.match(files["mesh.yaml"] ?? "", /^name: hello$/m);
 * assert.deepEqual(Object.keys(files), [
 *   "mesh.yaml", "greet.ts", "greet_test.ts", "deno.json", ".gitignore", "README.md",
 * ]);
 * ```
 */
export function scaffold(options: ScaffoldOptions): Record<string, string> {
  const { name, template } = options;
  return {
    "mesh.yaml": `name: ${name}\n\n${template.mesh}`,
    ...template.files,
    "deno.json": denoJson(options.origin),
    ".gitignore": GITIGNORE,
    "README.md": readme(name, template),
  };
}

/**
 * What `deno.json` of a new mesh says; what one that is there already needs to say.
 *
 * @param origin where `@asya/runtime` comes from
 */
export function denoJson({ runtime, links }: Origin): string {
  const linked = links.map((path) => `    ${JSON.stringify(path)}`).join(",\n");
  return `{
  "imports": {
    "@asya/runtime": ${JSON.stringify(runtime)}
  }${linked && `,\n  "links": [\n${linked}\n  ]`}
}
`;
}

function readme(name: string, { about, call }: Template): string {
  return `# ${name}

${about}

\`\`\`sh
deno test      # tests the handlers by themselves
asya demo      # starts the mesh, calls its tool, shows the result, stops
asya dev       # keeps it running, and takes each change of a handler at once
asya call ${call}
\`\`\`

\`mesh.yaml\` says which actors there are, and which tools lead through which of
them. A handler may do nothing but compute, until \`permissions\` of its actor say
more: \`{ net: [api.example.com:443] }\`. \`asya doctor\` finds what is missing.
`;
}
