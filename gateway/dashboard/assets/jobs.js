/**
 * The list of jobs: what is shown is refreshed now and then, while somebody looks at it.
 */
import { createRefresh } from "./live.js";

const EVERY_MS = 2_000;

setInterval(createRefresh(), EVERY_MS);
