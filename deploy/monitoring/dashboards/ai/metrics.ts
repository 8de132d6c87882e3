import { MODEL } from "../variables.ts";

/** How long generations took: a histogram. */
export const DURATION = "gen_ai_client_operation_duration_seconds";

/** How many tokens went in and came out: a histogram. */
export const TOKENS = "gen_ai_client_token_usage";

/** How long until the first token came: a histogram. */
export const FIRST_TOKEN = "gen_ai_server_time_to_first_token_seconds";

/** How long each further token took: a histogram. */
export const PER_TOKEN = "gen_ai_server_time_per_output_token_seconds";

/** The label that names a model. */
export const BY_MODEL = "gen_ai_request_model";

/** Generations that failed, of the models that were chosen. */
export const FAILED = `${MODEL}, error_type!=""`;
