/**
 * What the tests of transports stand on: the suite that every implementation passes, a clock that
 * can be set, processes that can be killed. Nothing that a program runs may enter, and no program
 * may import it.
 *
 * @module
 */
export * from "./child_process.ts";
export * from "./fake_clock.ts";
export * from "./inbox.ts";
export * from "./random.ts";
export * from "./transport_suite.ts";
