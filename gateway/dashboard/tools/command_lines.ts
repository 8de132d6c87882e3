import { isJsonObject, type JsonObject } from "@asya/protocol";

/** The same call, as commands of a shell. */
export interface CommandLines {
  readonly curl: string;
  readonly asya: string;
}

/** A call, and who makes it. */
export interface ShownCall {
  readonly tool: string;
  readonly inputSchema: JsonObject;
  readonly arguments: JsonObject;
  /** The gateway's URL as callers know it, without a slash at its end. */
  readonly baseUrl: string;
  /** Whether callers have to show a token. */
  readonly needsToken: boolean;
}

/**
 * Writes a call as commands, to be copied. A token is named by its variable and never shown.
 *
 * @param call the call
 */
export function writeCommandLines(call: ShownCall): CommandLines {
  const { tool, arguments: args, baseUrl, needsToken } = call;
  const body = JSON.stringify({ name: tool, arguments: args });
  const curl = [
    `curl ${quote(`${baseUrl}/tools/call`)}`,
    `-H ${quote("content-type: application/json")}`,
    ...needsToken ? [`-H "authorization: Bearer $ASYA_API_TOKEN"`] : [],
    `-d ${quote(body)}`,
  ];
  const asya = [
    `asya call ${quote(tool)}`,
    `--url ${quote(baseUrl)}`,
    ...Object.entries(args).map(([name, value]) =>
      `--arg ${quote(`${name}=${isText(call, name) ? value : JSON.stringify(value)}`)}`
    ),
  ];
  return { curl: join(curl), asya: join(asya) };
}

/** Whether `asya call` takes an argument as the text that it is. */
function isText({ inputSchema, arguments: args }: ShownCall, name: string): boolean {
  const { properties } = inputSchema;
  const property = isJsonObject(properties) && Object.hasOwn(properties, name)
    ? properties[name]
    : undefined;
  return isJsonObject(property) && property.type === "string" && typeof args[name] === "string";
}

function join(parts: readonly string[]): string {
  return parts.join(" \\\n  ");
}

/** A word of a shell, whatever is in it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
