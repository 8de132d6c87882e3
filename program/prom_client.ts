/**
 * The four classes of prom-client that are used here, from their own files: loading the whole
 * library, with its collectors for Node.js and its push gateway, takes twice the time and half as
 * much memory again. The library types only its entry point; each declaration file says which of
 * those types its file has.
 */

// @ts-types="./prom_client_counter.d.ts"
import Counter from "prom-client/lib/counter.js";
// @ts-types="./prom_client_gauge.d.ts"
import Gauge from "prom-client/lib/gauge.js";
// @ts-types="./prom_client_histogram.d.ts"
import Histogram from "prom-client/lib/histogram.js";
// @ts-types="./prom_client_registry.d.ts"
import Registry from "prom-client/lib/registry.js";

export { Counter, Gauge, Histogram, Registry };
