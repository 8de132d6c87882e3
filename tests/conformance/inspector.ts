/**
 * The inspector of the Model Context Protocol, as a program that takes its server and what to ask
 * from its arguments.
 *
 * @module
 */
import "@modelcontextprotocol/inspector-cli/build/index.js";
