/** What a browser sees at the gateway's root. */
export const homePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Asya gateway</title>
<style>body { font: 1rem/1.5 system-ui; margin: 3rem auto; max-width: 40rem; padding: 0 1rem }</style>
<h1>Asya gateway</h1>
<p>Takes calls of tools, keeps their jobs, shows their progress.</p>
<ul>
  <li><a href="/tools">/tools</a>: the tools that can be called</li>
  <li><a href="/jobs">/jobs</a>: the jobs, newest first</li>
  <li><a href="/health">/health</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a></li>
  <li><a href="/openapi.json">/openapi.json</a>: all of it, for generators of clients</li>
  <li><code>/mcp</code>: the same tools for clients of the Model Context Protocol</li>
</ul>
</html>
`;
