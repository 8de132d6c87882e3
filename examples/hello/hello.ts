/** Greets whom the payload names. */
export default function hello(msg: { payload: Record<string, unknown> }): { greeting: string } {
  const { name = "world" } = msg.payload;
  return { greeting: `Hello, ${name}!` };
}
