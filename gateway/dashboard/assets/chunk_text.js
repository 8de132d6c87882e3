import { visibleText } from "./visible_text.js";

/**
 * @typedef {object} Chunk
 * @property {string} step who streamed it
 * @property {string} branch for which branch; `""` outside of any fan-out
 * @property {unknown} value any JSON
 */

/**
 * A streamed chunk as text: a text goes on where the one before ended, anything else has a line, and
 * where somebody else begins to stream, a line says who.
 *
 * @param {Chunk} chunk the chunk
 * @param {Pick<Chunk, "step" | "branch"> | undefined} before who streamed before, if anybody did
 * @returns {string}
 */
export function chunkText({ step, branch, value }, before) {
  const text = typeof value === "string" ? value : `${JSON.stringify(value)}\n`;
  const isOther = before !== undefined && (before.step !== step || before.branch !== branch);
  return visibleText(isOther ? `\n— ${step}${placeOf(branch)} —\n${text}` : text);
}

/**
 * Where a branch is among its siblings, from its lineage.
 *
 * @param {string} branch
 */
function placeOf(branch) {
  const places = branch.split("/").slice(1).map((part) => Number.parseInt(part) + 1);
  return places.length === 0 ? "" : `, branch ${places.join(".")}`;
}
