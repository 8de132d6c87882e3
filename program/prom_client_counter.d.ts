import { Counter } from "prom-client";

export default Counter;
