// What `helm test` asks a gateway: whether it is ready, and whether tools are listed or, where
// callers are known, asked for a token.
const [gateway] = Deno.args;
const ready = await fetch(`${gateway}/readyz`);
console.log(`/readyz: ${ready.status} ${await ready.text()}`);
const tools = await fetch(`${gateway}/tools`);
console.log(`/tools: ${tools.status} ${await tools.text()}`);
Deno.exit(ready.status === 200 && [200, 401].includes(tools.status) ? 0 : 1);
