import assert from "node:assert/strict";
import { planTraced, planTracing, withoutTracing } from "./plan_tracing.ts";

const pure = { permissions: "none" } as const;
const mesh = { name: "papers", version: "1.0.0" };
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

Deno.test("[Z5] who says where traces go gets them", pure, () => {
  const wishes: Record<string, string>[] = [
    endpoint,
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "x" },
    { OTEL_DENO: "1" },
  ];
  for (const env of wishes) {
    const planned = planTracing({ HOME: "/home/ada", ...env }, mesh);
    assert.equal(planned.OTEL_DENO, "true");
    assert.equal(planned.HOME, undefined);
  }
  const others: Record<string, string>[] = [
    {},
    { OTEL_DENO: "false", ...endpoint },
    { OTEL_TRACES_SAMPLER: "always_on" },
  ];
  for (const env of others) {
    assert.deepEqual(planTracing(env, mesh), {});
  }
});

Deno.test("[Z5] what is given counts more than what is added", pure, () => {
  const planned = planTracing({
    ...endpoint,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.01",
    OTEL_RESOURCE_ATTRIBUTES: "service.namespace=mine, team=ml",
  }, mesh);
  assert.equal(planned.OTEL_TRACES_SAMPLER, "parentbased_traceidratio");
  assert.equal(planned.OTEL_TRACES_SAMPLER_ARG, "0.01");
  const given = "service.namespace=mine, team=ml,service.version=1.0.0";
  assert.equal(planned.OTEL_RESOURCE_ATTRIBUTES, given);
  const sidecar = { name: "ocr.2.sidecar", program: "sidecar", unit: "ocr" };
  assert.deepEqual(planTraced(planned, sidecar), {
    OTEL_SERVICE_NAME: "asya-sidecar",
    OTEL_RESOURCE_ATTRIBUTES: `${given},service.instance.id=ocr.2.sidecar,asya.actor=ocr`,
  });
  const named = planTraced({ ...planned, OTEL_SERVICE_NAME: "mine" }, sidecar);
  assert.equal(named.OTEL_SERVICE_NAME, "mine");
});

Deno.test("[Z5] traces begin at the gateway, unless somebody says otherwise", pure, () => {
  const samplingOf = (program: string, env: Record<string, string>) => {
    const given = planTracing({ ...endpoint, ...env }, mesh);
    const traced = { ...given, ...planTraced(given, { name: program, program, unit: "ocr" }) };
    return [traced.OTEL_TRACES_SAMPLER, traced.OTEL_TRACES_SAMPLER_ARG];
  };
  assert.deepEqual(samplingOf("gateway", {}), ["parentbased_always_on", undefined]);
  for (const program of ["sidecar", "runtime"]) {
    assert.deepEqual(samplingOf(program, {}), ["parentbased_traceidratio", "0"]);
    const own = { OTEL_TRACES_SAMPLER: "always_on" };
    assert.deepEqual(samplingOf(program, own), ["always_on", undefined]);
  }
});

Deno.test("[Z5] a gateway is no actor, and nobody is named where nothing is traced", pure, () => {
  const gateway = { name: "gateway", program: "gateway", unit: "gateway" };
  assert.deepEqual(planTraced(planTracing(endpoint, mesh), gateway), {
    OTEL_TRACES_SAMPLER: "parentbased_always_on",
    OTEL_SERVICE_NAME: "asya-gateway",
    OTEL_RESOURCE_ATTRIBUTES:
      "service.namespace=papers,service.version=1.0.0,service.instance.id=gateway",
  });
  assert.deepEqual(planTraced({ OTEL_SERVICE_NAME: "mine" }, gateway), {});
});

Deno.test("[Z5] what only looks at something tells nothing", pure, () => {
  assert.deepEqual(withoutTracing({ HOME: "/", OTEL_DENO: "true", ...endpoint }), { HOME: "/" });
});
