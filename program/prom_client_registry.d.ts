import { Registry } from "prom-client";

export default Registry;
