/** The way of a tool's jobs, in one line. */
export function Steps({ steps }: { steps: readonly string[] }) {
  if (steps.length === 0) return <p class="soft small">answered by the gateway itself</p>;
  return (
    <ol class="steps" aria-label="Steps">
      {steps.map(stepOf)}
    </ol>
  );
}

function stepOf(name: string) {
  return <li class="chip">{name}</li>;
}
