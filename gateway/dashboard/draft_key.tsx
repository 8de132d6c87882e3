/** The form of a key. */
const KEY = /^[0-9a-f-]{36}$/;

/**
 * What a form that is sent twice, as by a double click, is known by. A page that a browser shows
 * again has none: who uses its form again means it (`assets/every_page.js`).
 *
 * @param props the key, which is fresh for each page
 */
export function DraftKey({ draftKey }: { readonly draftKey: string }) {
  return <input type="hidden" name="key" value={draftKey} autocomplete="off" />;
}

/**
 * The key that a form was sent with, if there is one.
 *
 * @param form what was sent
 */
export function draftKeyOf(form: URLSearchParams): string | undefined {
  return KEY.exec(form.get("key") ?? "")?.[0];
}
