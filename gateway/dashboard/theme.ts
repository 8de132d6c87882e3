/** How pages are coloured: as the machine is, or as somebody chose. */
export const THEMES = ["auto", "light", "dark"] as const;

/** One of {@linkcode THEMES}. */
export type Theme = (typeof THEMES)[number];

/** The cookie that remembers what somebody chose. */
export const THEME_COOKIE = "asya-theme";

/**
 * Parses a theme; whatever is none is `auto`.
 *
 * @param value what a cookie or a form says
 */
export function parseTheme(value: unknown): Theme {
  return THEMES.find((theme) => theme === value) ?? "auto";
}
