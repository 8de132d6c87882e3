import { type Described, flag, type Option, option } from "./option.ts";

/** Which gateway is asked, where it is not the usual one. */
export const urlOption: Option<string | undefined> = option({
  value: "URL",
  doc: "the gateway; else ASYA_GATEWAY_URL, else that of the mesh in this folder, else " +
    "http://127.0.0.1:8080",
  allowed: "a URL that begins with http: or https:",
  parse: (text) => ["http:", "https:"].includes(URL.parse(text)?.protocol ?? "") ? text : undefined,
});

/**
 * Whether a program reads what is printed.
 *
 * @param doc what it then gets
 */
export function jsonOption(doc: Described["doc"]): Option<boolean> {
  return flag({ doc });
}

/** Whether everything that happens is wanted. */
export const watchOption: Option<boolean> = flag({
  doc: "show every event, and what handlers stream, as it comes",
});
