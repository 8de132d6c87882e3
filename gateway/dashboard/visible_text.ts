/** What cannot be seen, or makes other things look different: controls, marks of direction, gaps. */
const UNSEEN = /(?![\t\n\r\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text of any origin as a page may show it: what cannot be seen is written out, and no more is
 * shown than fits.
 *
 * @param text any text
 * @param maxLength how many characters of it are shown
 */
export function visibleText(text: string, maxLength: number = Infinity): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.toWellFormed().replace(UNSEEN, writeOut);
}

function writeOut(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
