/**
 * The official conformance suite of the revision 2026-07-28 and the one before it, as a program.
 *
 * @module
 */
import "@modelcontextprotocol/conformance-2026/dist/index.js";
