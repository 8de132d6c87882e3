// What `helm test` asks an operator: whether it is ready, and whether it counts what it does.
const [operator] = Deno.args;
const ready = await fetch(`${operator}/readyz`);
console.log(`/readyz: ${ready.status} ${await ready.text()}`);
const metrics = await fetch(`${operator}/metrics`);
const lines = (await metrics.text()).split("\n").filter((line) =>
  line.startsWith("asya_operator_")
);
console.log(`/metrics: ${metrics.status} ${lines.length} lines of the operator's own`);
Deno.exit(ready.status === 200 && lines.length > 0 ? 0 : 1);
