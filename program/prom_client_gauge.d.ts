import { Gauge } from "prom-client";

export default Gauge;
