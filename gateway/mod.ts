/**
 * Takes calls, keeps jobs, shows progress. The code of a handler may not enter here, nor what
 * becomes of a message once its first queue has it.
 *
 * @module
 */
