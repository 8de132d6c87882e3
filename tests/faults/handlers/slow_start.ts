/**
 * A step that takes long to load, as one with a large model does.
 *
 * @module
 */

// Stands for a model that is loaded.
await new Promise((resolve) => setTimeout(resolve, 10_000));

export { walk } from "./steps.ts";
