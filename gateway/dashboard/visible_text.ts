/** Texts of any origin as a page may show them; scripts of pages go by the same rule. */
export { visibleText } from "./assets/visible_text.js";
