/**
 * The official conformance suite that ends with the revisions of 2025, as a program.
 *
 * @module
 */
import "@modelcontextprotocol/conformance-2025/dist/index.js";
