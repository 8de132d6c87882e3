// What `helm test` asks the API server: whether the operator has made the actors ready.
const [actors, tokenFile, ...names] = Deno.args;
const authorization = `Bearer ${(await Deno.readTextFile(tokenFile)).trim()}`;
const verdicts = await Promise.all(names.map(async (name) => {
  const response = await fetch(`${actors}/${name}`, { headers: { authorization } });
  const actor = await response.json();
  const ready = actor.status?.conditions?.find(({ type }) => type === "Ready");
  console.log(`${name}: ${response.status} ${ready?.status} ${ready?.reason}: ${ready?.message}`);
  return ready?.status === "True";
}));
Deno.exit(verdicts.every(Boolean) ? 0 : 1);
