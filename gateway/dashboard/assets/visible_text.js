/** What cannot be seen, or makes other things look different: controls, marks of direction, gaps. */
const UNSEEN = /(?![\t\n\r\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text of any origin as a page may show it: what cannot be seen is written out, and no more is
 * shown than fits.
 *
 * @param {string} text any text
 * @param {number} [maxLength] how many characters of it are shown
 * @returns {string}
 */
export function visibleText(text, maxLength = Infinity) {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.toWellFormed().replace(UNSEEN, writeOut);
}

/** @param {string} character */
function writeOut(character) {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
